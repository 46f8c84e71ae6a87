@testable import MartletDrivers

/// A virtio network card at the level of its registers and rings, which lies when it is told to.
final class VirtioModel {
  /// One block of its registers.
  struct Block: DeviceRegisters {
    enum Kind { case common, notify, interrupt, device }
    let model: VirtioModel
    let kind: Kind

    func read8(_ offset: Int) -> UInt8 { UInt8(truncatingIfNeeded: model.read(kind, offset, 1)) }
    func read16(_ offset: Int) -> UInt16 { UInt16(truncatingIfNeeded: model.read(kind, offset, 2)) }
    func read32(_ offset: Int) -> UInt32 { UInt32(truncatingIfNeeded: model.read(kind, offset, 4)) }
    func write8(_ value: UInt8, at offset: Int) { model.write(kind, offset, UInt32(value)) }
    func write16(_ value: UInt16, at offset: Int) { model.write(kind, offset, UInt32(value)) }
    func write32(_ value: UInt32, at offset: Int) { model.write(kind, offset, value) }
  }

  struct Queue {
    var size: UInt16 = 256
    var addresses: [UInt64] = [0, 0, 0]
    var isEnabled = false
    var seen: UInt16 = 0
    var used: UInt16 = 0
  }

  let memory = TestDMA()
  var offered: UInt64 = VirtioModel.everything
  private(set) var accepted: UInt64 = 0
  var address: [UInt8] = [0x52, 0x54, 0, 0x12, 0x34, 0x56]
  var hasLink = true
  var isGone = false
  var resetNeverEnds = false
  var refusesFeatures = false
  var holdsTransmissions = false
  var refusesMessages = false
  /// The message that each queue, and behind them the configuration, interrupts by.
  private(set) var vectors: [UInt16] = [.max, .max, .max]
  /// The frames it was given, each with its 12-byte header.
  private(set) var sent: [[UInt8]] = []
  private(set) var isInterrupting = false
  private(set) var notifications = 0
  var queues = [Queue(), Queue()]

  private var status: UInt8 = 0
  private var offeredHalf: UInt32 = 0
  private var acceptedHalf: UInt32 = 0
  private var selected = 0

  static let everything: UInt64 =
    VirtioFeature.checksum | VirtioFeature.guestChecksum | VirtioFeature.macAddress
    | VirtioFeature.guestTSO4 | VirtioFeature.hostTSO4 | VirtioFeature.mergeableBuffers
    | VirtioFeature.linkStatus | VirtioFeature.version1

  func makeDevice(deviceByteCount: UInt64 = 12) throws(CardFailure) -> VirtioDevice<Block> {
    let configuration = VirtioConfiguration(deviceByteCount: deviceByteCount)
    guard let function = PCIFunction(at: VirtioConfiguration.place, in: configuration) else {
      throw .unsupported
    }
    return try VirtioDevice(try VirtioLayout(of: function, in: configuration)) { block in
      Block(model: self, kind: [.common, .notify, .interrupt, .device][block.region])
    }
  }

  // MARK: The wire's side

  /// A frame arrives, behind a header; it is cut over as many buffers as it needs.
  func deliver(_ frame: [UInt8], header: [UInt8] = [UInt8](repeating: 0, count: 10)) {
    let bufferSize = 2048
    let count = (frame.count + 12 + bufferSize - 1) / bufferSize
    let bytes = header + [UInt8(count & 255), UInt8(count >> 8)] + frame
    let start = queues[0].used
    var offset = 0
    for index in 0..<count {
      guard let (descriptor, target, length) = nextOffered(0) else { return }
      let piece = Array(bytes[offset..<min(offset + Int(length), bytes.count)])
      memory.write(piece, at: target)
      offset += piece.count
      setUsed(0, start &+ UInt16(index), id: UInt32(descriptor), length: UInt32(piece.count))
    }
    publishUsed(0, start &+ UInt16(count))
  }

  /// Takes the next buffer that was offered in a queue: its descriptor, address and length.
  func nextOffered(_ index: Int) -> (Int, UInt64, UInt32)? {
    let queue = queues[index]
    let available = UInt16(memory.readLittle(queue.addresses[1] + 2, 2))
    guard queue.seen != available else { return nil }
    let place = UInt64(queue.seen % queue.size)
    let descriptor = memory.readLittle(queue.addresses[1] + 4 + 2 * place, 2)
    queues[index].seen &+= 1
    let entry = queue.addresses[0] + 16 * descriptor
    return (
      Int(descriptor), memory.readLittle(entry, 8), UInt32(memory.readLittle(entry + 8, 4))
    )
  }

  func setUsed(_ index: Int, _ position: UInt16, id: UInt32, length: UInt32) {
    let place = UInt64(position % queues[index].size)
    memory.write(
      little(UInt64(id), 4) + little(UInt64(length), 4),
      at: queues[index].addresses[2] + 4 + 8 * place)
  }

  func publishUsed(_ index: Int, _ position: UInt16) {
    queues[index].used = position
    memory.write(little(UInt64(position), 2), at: queues[index].addresses[2] + 2)
    if memory.readLittle(queues[index].addresses[1], 2) & 1 == 0 { isInterrupting = true }
  }

  /// Sends what it was given.
  func transmit(reversed: Bool = false) {
    var taken: [(Int, UInt64, UInt32)] = []
    while let next = nextOffered(1) { taken.append(next) }
    if reversed { taken.reverse() }
    for (descriptor, source, length) in taken {
      sent.append(memory.read(source, count: Int(length)))
      setUsed(1, queues[1].used, id: UInt32(descriptor), length: 0)
      publishUsed(1, queues[1].used &+ 1)
    }
  }

  // MARK: The driver's side

  private func read(_ kind: Block.Kind, _ offset: Int, _ width: Int) -> UInt64 {
    if isGone { return .max }
    switch kind {
    case .notify: return 0
    case .interrupt:
      defer { isInterrupting = false }
      return isInterrupting ? 1 : 0
    case .device:
      let bytes = address + [hasLink ? 1 : 0, 0, 1, 0, 220, 5]
      return bytes[offset..<offset + width].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    case .common: return readCommon(offset)
    }
  }

  private func readCommon(_ offset: Int) -> UInt64 {
    switch offset {
    case VirtioRegister.deviceFeature: offeredHalf == 0 ? offered & 0xFFFF_FFFF : offered >> 32
    case VirtioRegister.status: UInt64(resetNeverEnds ? status | 1 : status)
    case VirtioRegister.queueSize: UInt64(queues[selected].size)
    case VirtioRegister.queueNotifyOffset: UInt64(selected)
    case VirtioRegister.queueVector: UInt64(vectors[selected])
    case VirtioRegister.configurationVector: UInt64(vectors[2])
    default: 0
    }
  }

  private func write(_ kind: Block.Kind, _ offset: Int, _ value: UInt32) {
    if kind == .notify {
      notifications += 1
      if value == 1, !holdsTransmissions { transmit() }
    }
    guard kind == .common else { return }
    switch offset {
    case VirtioRegister.deviceFeatureSelect: offeredHalf = value
    case VirtioRegister.driverFeatureSelect: acceptedHalf = value
    case VirtioRegister.driverFeature:
      let shift: UInt64 = acceptedHalf == 0 ? 0 : 32
      accepted = accepted & ~(0xFFFF_FFFF << shift) | UInt64(value) << shift
    case VirtioRegister.status:
      status = UInt8(truncatingIfNeeded: value)
      if refusesFeatures { status &= ~VirtioStatus.featuresOK }
      if status == 0 { vectors = [.max, .max, .max] }
      if status == 0 { queues = [Queue(size: queues[0].size), Queue(size: queues[1].size)] }
    case VirtioRegister.queueVector: vectors[selected] = refusesMessages ? .max : UInt16(value)
    case VirtioRegister.configurationVector: vectors[2] = refusesMessages ? .max : UInt16(value)
    case VirtioRegister.queueSelect: selected = Int(value)
    case VirtioRegister.queueSize: queues[selected].size = UInt16(value)
    case VirtioRegister.queueEnable: queues[selected].isEnabled = true
    case VirtioRegister.queueDescriptors..<VirtioRegister.queueDescriptors + 24:
      let part = (offset - VirtioRegister.queueDescriptors) / 8
      let shift: UInt64 = offset & 4 == 0 ? 0 : 32
      let old = queues[selected].addresses[part] & ~(0xFFFF_FFFF << shift)
      queues[selected].addresses[part] = old | UInt64(value) << shift
    default: break
    }
  }
}

/// The configuration space of a virtio function: four capabilities, each in a region of its own.
struct VirtioConfiguration: PCIConfiguration {
  static let place = PCIAddress(bus: 0, device: 3, function: 0)
  var words: [Int: UInt32] = [:]

  init(deviceByteCount: UInt64 = 12, commonByteCount: UInt32 = 56) {
    words = [0: 0x1000_1AF4, 4: 1 << 20, 52: 64]
    let lengths = [commonByteCount, 64, 1, UInt32(deviceByteCount)]
    for index in 0..<4 {
      let offset = 64 + 20 * index
      let next = index == 3 ? 0 : UInt32(offset + 20)
      words[offset] = UInt32(index + 1) << 24 | next << 8 | 9
      words[offset + 4] = UInt32(index)
      words[offset + 12] = lengths[index]
      words[offset + 16] = 4
    }
  }

  func read(_ address: PCIAddress, _ offset: Int) -> UInt32 { words[offset] ?? 0 }
  func write(_ value: UInt32, _ address: PCIAddress, _ offset: Int) {}
}
