import MartletNodes

/// The pins and the memory of a board that is not there. Inputs are at rest: high. What it keeps
/// outlives the process if it has a folder.
///
/// The thread of the stack's loop alone uses it.
final class VirtualBoard: GPIO, Storage {
  private var levels = [PinLevel](repeating: .high, count: 32)
  private var records: [StorageRecord: [UInt8]] = [:]
  private let folder: RecordFolder?
  private let trace: PinTrace?

  init(_ folder: RecordFolder? = nil, trace: PinTrace? = nil) {
    self.folder = folder
    self.trace = trace
  }

  func write(_ level: PinLevel, to pin: UInt8) {
    guard levels.indices.contains(Int(pin)) else { return }
    levels[Int(pin)] = level
    trace?.note(level, on: pin)
  }

  func makeOutput(_ pin: UInt8) {}

  /// Does what the world outside does to an input.
  func set(_ level: PinLevel, on pin: UInt8) {
    guard levels.indices.contains(Int(pin)) else { return }
    levels[Int(pin)] = level
  }

  func read(_ pin: UInt8) -> PinLevel {
    levels.indices.contains(Int(pin)) ? levels[Int(pin)] : .high
  }

  func read(_ record: StorageRecord) -> [UInt8]? { folder?.read(record) ?? records[record] }

  func write(_ bytes: [UInt8], to record: StorageRecord) -> Bool {
    if let folder { return folder.write(bytes, to: record) }
    records[record] = bytes
    return true
  }
}
