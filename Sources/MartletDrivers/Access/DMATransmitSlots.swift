public import MartletDevice

/// A card's transmit buffers, which it lends as `TransmitBatch`es: the frame is written where the
/// card reads it.
@safe
public struct DMATransmitSlots: ~Copyable {
  private var memory: DMAMemory
  private let frames: UnsafeMutablePointer<TransmittedFrame>
  private let headroom: Int
  private let stride: Int
  /// The number of slots.
  public let count: Int
  /// The bytes of a frame that fit into one slot.
  public let slotCapacity: Int

  /// Cuts `memory` into `count` slots, each with `headroom` bytes before the frame.
  public init(_ memory: consuming DMAMemory, count: Int, headroom: Int) {
    self.count = count
    self.stride = memory.byteCount / count
    self.headroom = headroom
    self.slotCapacity = stride - headroom
    self.memory = memory
    unsafe self.frames = .allocate(capacity: count)
    unsafe frames.initialize(
      repeating: TransmittedFrame(length: 0, info: FrameInfo()), count: count)
  }

  deinit { unsafe frames.deallocate() }

  /// Lends `count` slots from slot `first` on; both must lie inside.
  @_lifetime(&self)
  public mutating func lend(from first: Int, count: Int) -> TransmitBatch {
    precondition(first >= 0 && count >= 0 && first <= self.count - count, "no such slots")
    let batch = unsafe TransmitBatch(
      bytes: memory.base + first * stride + headroom, frames: frames + first, stride: stride,
      slotCapacity: slotCapacity, capacity: count)
    return unsafe _overrideLifetime(batch, mutating: &self)
  }

  /// What the filler said of slot `index`.
  public func frame(at index: Int) -> TransmittedFrame {
    precondition(index >= 0 && index < count, "no such slot")
    return unsafe frames[index]
  }

  /// The bytes of slot `index` from its headroom on.
  @_lifetime(&self)
  public mutating func bytes(at index: Int) -> MutableRawSpan {
    memory.mutableBytes(at: index * stride, count: stride)
  }

  /// Where the card finds slot `index`, headroom included.
  public func busAddress(at index: Int) -> UInt64 { memory.busAddress + UInt64(index * stride) }
}
