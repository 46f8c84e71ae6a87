// One of the two files of this module that say `unsafe` (the other is `TransmitSlots.swift`, which
// owns the memory that a batch lends).

/// Transmit slots lent by a device, to be filled in order.
///
/// Concrete on purpose: the stack's core fills it without knowing the device, so the core is
/// generic over nothing.
@safe
public struct TransmitBatch: ~Copyable, ~Escapable {
  @usableFromInline let bytes: UnsafeMutableRawPointer
  @usableFromInline let frames: UnsafeMutablePointer<TransmittedFrame>
  @usableFromInline let stride: Int
  /// The number of slots lent.
  public let capacity: Int
  /// The bytes that fit into one slot.
  public let slotCapacity: Int
  /// The number of slots filled so far.
  public private(set) var count: Int

  /// Lends `capacity` slots of `slotCapacity` bytes, `stride` bytes apart.
  ///
  /// `bytes` and `frames` must hold that much, belong to nobody else and outlive the batch, whose
  /// lifetime the caller must tie to the device's (`TransmitSlots.lend` does both).
  @unsafe
  @_lifetime(immortal)
  public init(
    bytes: UnsafeMutableRawPointer, frames: UnsafeMutablePointer<TransmittedFrame>,
    stride: Int, slotCapacity: Int, capacity: Int
  ) {
    unsafe self.bytes = bytes
    unsafe self.frames = frames
    self.stride = stride
    self.slotCapacity = slotCapacity
    self.capacity = capacity
    self.count = 0
  }

  /// Whether no slot is left.
  @inlinable public var isFull: Bool { count == capacity }

  /// The next slot's bytes, whose content is undefined; traps when the batch is full.
  public var nextSlot: MutableRawSpan {
    @_lifetime(&self)
    mutating get {
      precondition(count < capacity, "no slot left")
      let span = unsafe MutableRawSpan(
        _unsafeStart: bytes + count &* stride, byteCount: slotCapacity)
      return unsafe _overrideLifetime(span, mutating: &self)
    }
  }

  /// Ends the next slot as a frame of `length` bytes; traps when the batch is full or the length
  /// is not that of a slot.
  @_lifetime(self: copy self)
  public mutating func append(length: Int, info: FrameInfo = FrameInfo()) {
    precondition(count < capacity && length >= 0 && length <= slotCapacity, "not a slot's frame")
    unsafe frames[count] = TransmittedFrame(length: length, info: info)
    count &+= 1
  }

  /// Copies a frame into the next slot and ends it; traps when the batch is full or the frame is
  /// longer than a slot.
  @_lifetime(self: copy self)
  public mutating func append(copying frame: RawSpan, info: FrameInfo = FrameInfo()) {
    precondition(count < capacity && frame.byteCount <= slotCapacity, "not a slot's frame")
    unsafe frame.withUnsafeBytes { source in
      guard let start = source.baseAddress else { return }
      unsafe (bytes + count &* stride).copyMemory(from: start, byteCount: source.count)
    }
    append(length: frame.byteCount, info: info)
  }
}
