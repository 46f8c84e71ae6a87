/// Memory for frames that a device lends out as `TransmitBatch`es.
///
/// A software device owns one and needs no `unsafe` of its own. A driver whose slots are DMA memory
/// makes its batches itself.
@safe
public struct TransmitSlots: ~Copyable {
  let bytes: UnsafeMutableRawPointer
  let frames: UnsafeMutablePointer<TransmittedFrame>
  let stride: Int
  /// The number of slots.
  public let count: Int
  /// The bytes that fit into one slot.
  public let slotCapacity: Int

  /// Allocates `count` zeroed slots of at least `slotCapacity` bytes each.
  public init(count: Int, slotCapacity: Int) {
    precondition(count > 0 && slotCapacity > 0, "a device needs at least one slot")
    self.count = count
    self.slotCapacity = slotCapacity
    // A cache line apart, so that neighbouring slots share none.
    self.stride = (slotCapacity + 63) & ~63
    unsafe self.bytes = .allocate(byteCount: stride * count, alignment: 64)
    unsafe bytes.initializeMemory(as: UInt8.self, repeating: 0, count: stride * count)
    unsafe self.frames = .allocate(capacity: count)
    unsafe frames.initialize(
      repeating: TransmittedFrame(length: 0, info: FrameInfo()), count: count)
  }

  deinit {
    unsafe bytes.deallocate()
    unsafe frames.deallocate()
  }

  /// Lends `count` slots from slot `first` on; both must lie inside.
  @_lifetime(&self)
  public mutating func lend(from first: Int = 0, count: Int) -> TransmitBatch {
    precondition(first >= 0 && count >= 0 && first <= self.count - count, "no such slots")
    let batch = unsafe TransmitBatch(
      bytes: bytes + first &* stride, frames: frames + first, stride: stride,
      slotCapacity: slotCapacity, capacity: count)
    return unsafe _overrideLifetime(batch, mutating: &self)
  }

  /// What the filler said of slot `index`.
  public func frame(at index: Int) -> TransmittedFrame {
    precondition(index >= 0 && index < count, "no such slot")
    return unsafe frames[index]
  }

  /// The bytes of the frame in slot `index`, as long as its filler said.
  @_lifetime(borrow self)
  public func bytes(at index: Int) -> RawSpan {
    let length = frame(at: index).length
    let span = unsafe RawSpan(_unsafeStart: bytes + index &* stride, byteCount: length)
    return unsafe _overrideLifetime(span, borrowing: self)
  }

  /// The bytes of the frame in slot `index`, to be changed in place.
  @_lifetime(&self)
  public mutating func mutableBytes(at index: Int) -> MutableRawSpan {
    let length = frame(at: index).length
    let span = unsafe MutableRawSpan(_unsafeStart: bytes + index &* stride, byteCount: length)
    return unsafe _overrideLifetime(span, mutating: &self)
  }

  /// Changes what is said of the frame in slot `index`.
  mutating func setInfo(_ info: FrameInfo, at index: Int) {
    precondition(index >= 0 && index < count, "no such slot")
    unsafe frames[index].info = info
  }

  /// Makes slot `index` a copy of `frame`; traps when that is longer than a slot.
  public mutating func store(_ frame: RawSpan, info: FrameInfo, at index: Int) {
    var batch = lend(from: index, count: 1)
    batch.append(copying: frame, info: info)
  }

  /// Calls `body` with slot `index` as memory to read: for a system call that takes a pointer.
  @unsafe
  public func withUnsafeBytes<R: ~Copyable, E: Error>(
    at index: Int, _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    let length = frame(at: index).length
    return try unsafe body(UnsafeRawBufferPointer(start: bytes + index &* stride, count: length))
  }
}
