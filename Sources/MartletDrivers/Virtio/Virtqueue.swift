import Synchronization

/// A split virtqueue (virtio 1.2, 2.7): descriptors, a ring of those offered to the device and a
/// ring of those it has used.
///
/// Each buffer is one descriptor whose number is the buffer's, so that nothing is allocated and
/// nothing is chained. The device is not trusted: what it says it has used is checked against what
/// it was offered.
struct Virtqueue: ~Copyable {
  let index: UInt16
  let size: Int
  let notifyOffset: Int
  private let memory: DMAMemory
  private var offeredIndex: UInt16 = 0
  private var usedIndex: UInt16 = 0
  /// Which descriptors the device has.
  private var isOffered: [Bool]
  /// How many it has.
  private(set) var offeredCount = 0
  private var unpublishedCount = 0

  static func byteCount(of size: Int) -> Int { usedOffset(size) + 6 + 8 * size }
  private static func availableOffset(_ size: Int) -> Int { 16 * size }
  private static func usedOffset(_ size: Int) -> Int { (18 * size + 6 + 3) & ~3 }

  init(index: UInt16, size: Int, notifyOffset: Int, memory: consuming DMAMemory) {
    self.index = index
    self.size = size
    self.notifyOffset = notifyOffset
    self.memory = memory
    isOffered = [Bool](repeating: false, count: size)
  }

  var descriptorAddress: UInt64 { memory.busAddress }
  var availableAddress: UInt64 { memory.busAddress + UInt64(Self.availableOffset(size)) }
  var usedAddress: UInt64 { memory.busAddress + UInt64(Self.usedOffset(size)) }

  /// Offers a buffer, which must not be the device's already.
  mutating func offer(_ buffer: Int, at address: UInt64, byteCount: Int, isWritable: Bool) {
    precondition(buffer >= 0 && buffer < size && !isOffered[buffer], "the device has the buffer")
    memory.store64(address, at: 16 * buffer)
    memory.store32(UInt32(truncatingIfNeeded: byteCount), at: 16 * buffer + 8)
    memory.store32(isWritable ? 2 : 0, at: 16 * buffer + 12)
    let place = Int(offeredIndex) & (size - 1)
    memory.store16(
      UInt16(truncatingIfNeeded: buffer), at: Self.availableOffset(size) + 4 + 2 * place)
    offeredIndex &+= 1
    unpublishedCount += 1
    isOffered[buffer] = true
    offeredCount += 1
  }

  /// Shows the device what was offered; true when it wants to be notified.
  mutating func publish() -> Bool {
    guard unpublishedCount > 0 else { return false }
    unpublishedCount = 0
    memory.store16(offeredIndex, at: Self.availableOffset(size) + 2)
    // The index must be visible before the device's wish is read, or both sides may sleep.
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    return memory.load16(at: Self.usedOffset(size)) & 1 == 0
  }

  /// How many buffers the device has used that were not taken back yet. Throws `corruptRing` when
  /// it cannot be so many.
  func usedCount() throws(CardFailure) -> Int {
    let count = Int(memory.load16(at: Self.usedOffset(size) + 2) &- usedIndex)
    guard count <= offeredCount else { throw .corruptRing }
    return count
  }

  /// Takes back the buffer that was used first, with the bytes written into it. Throws
  /// `corruptRing` when the device names one that it did not have. There must be one.
  mutating func takeUsed() throws(CardFailure) -> (buffer: Int, byteCount: Int) {
    let place = Self.usedOffset(size) + 4 + 8 * (Int(usedIndex) & (size - 1))
    let buffer = Int(memory.load32(at: place))
    let byteCount = Int(memory.load32(at: place + 4))
    guard buffer < size, isOffered[buffer] else { throw .corruptRing }
    isOffered[buffer] = false
    offeredCount -= 1
    usedIndex &+= 1
    return (buffer, byteCount)
  }

  /// Asks for interrupts, or for none; true when buffers have been used that none was raised for.
  func setInterrupts(_ areWanted: Bool) throws(CardFailure) -> Bool {
    memory.store16(areWanted ? 0 : 1, at: Self.availableOffset(size))
    guard areWanted else { return false }
    // The wish must be visible before the device's index is read, or both sides may sleep.
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    return try usedCount() > 0
  }
}
