import MartletDWN
import MartletNodes

/// What a device of a home stands in: a board, a folder that outlives the process, somebody before
/// it. A device of `martlet up` has a board alone.
///
/// The thread of the stack's loop alone uses it.
struct DeviceSurroundings {
  let board: VirtualBoard
  var folder: RecordFolder?
  var handle: DeviceHandle?
  var trace: PinTrace?

  init(folder: RecordFolder? = nil, handle: DeviceHandle? = nil, trace: PinTrace? = nil) {
    board = VirtualBoard(folder, trace: trace)
    self.folder = folder
    self.handle = handle
    self.trace = trace
  }

  /// Keeps the key of a hub that was just paired.
  func keep(_ key: PairingKey) {
    if folder?.write(key.bytes, to: .pairing) == false {
      Terminal.complain("the pairing could not be kept; it ends with this process")
    }
  }
}
