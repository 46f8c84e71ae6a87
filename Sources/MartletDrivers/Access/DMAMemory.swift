// One of the two files of this module that say `unsafe` (the other is `DMATransmitSlots.swift`):
// a driver sees shared memory only through the checked accessors below.

import Synchronization

/// Memory that a card reads and writes by itself, at the same time as the driver.
///
/// What the card may change at any moment (an index, an ownership bit) is read and written through
/// `load` and `store`, which are atomic and ordered: a frame's bytes are read after the index that
/// announced them, and written before the index that announces them.
@safe
public struct DMAMemory: ~Copyable {
  let base: UnsafeMutableRawPointer
  /// The address by which the card knows it.
  public let busAddress: UInt64
  /// Its length.
  public let byteCount: Int

  /// Takes over memory that stays in place, belongs to nobody else and outlives the card's use of
  /// it.
  @unsafe
  public init(base: UnsafeMutableRawPointer, busAddress: UInt64, byteCount: Int) {
    unsafe self.base = base
    self.busAddress = busAddress
    self.byteCount = byteCount
  }

  /// `count` bytes from `offset` on; traps outside.
  @_lifetime(borrow self)
  public func bytes(at offset: Int, count: Int) -> RawSpan {
    precondition(offset >= 0 && count >= 0 && offset <= byteCount - count, "outside the memory")
    let span = unsafe RawSpan(_unsafeStart: base + offset, byteCount: count)
    return unsafe _overrideLifetime(span, borrowing: self)
  }

  /// `count` bytes from `offset` on, to be written; traps outside.
  @_lifetime(&self)
  public mutating func mutableBytes(at offset: Int, count: Int) -> MutableRawSpan {
    precondition(offset >= 0 && count >= 0 && offset <= byteCount - count, "outside the memory")
    let span = unsafe MutableRawSpan(_unsafeStart: base + offset, byteCount: count)
    return unsafe _overrideLifetime(span, mutating: &self)
  }

  /// Copies `count` bytes at `offset` of other memory to `target` of this; traps outside of either.
  public mutating func copy(
    _ count: Int, from other: borrowing DMAMemory, at offset: Int, to target: Int
  ) {
    precondition(
      count >= 0 && offset >= 0 && offset <= other.byteCount - count && target >= 0
        && target <= byteCount - count, "outside the memory")
    unsafe (base + target).copyMemory(from: other.base + offset, byteCount: count)
  }

  /// Loads what the card may just have written; what follows is not read before it.
  public func load16(at offset: Int) -> UInt16 {
    unsafe atomic(UInt16.self, at: offset).pointee.load(ordering: .acquiring).littleEndian
  }

  /// Loads what the card may just have written; what follows is not read before it.
  public func load32(at offset: Int) -> UInt32 {
    unsafe atomic(UInt32.self, at: offset).pointee.load(ordering: .acquiring).littleEndian
  }

  /// Stores what the card may read at any moment, after everything that was written before.
  public func store16(_ value: UInt16, at offset: Int) {
    unsafe atomic(UInt16.self, at: offset).pointee.store(
      value.littleEndian, ordering: .releasing)
  }

  /// Stores what the card may read at any moment, after everything that was written before.
  public func store32(_ value: UInt32, at offset: Int) {
    unsafe atomic(UInt32.self, at: offset).pointee.store(
      value.littleEndian, ordering: .releasing)
  }

  /// Stores eight bytes; a card that may look at them meanwhile can see one half.
  public func store64(_ value: UInt64, at offset: Int) {
    store32(UInt32(truncatingIfNeeded: value), at: offset)
    store32(UInt32(truncatingIfNeeded: value >> 32), at: offset + 4)
  }

  private func atomic<T: AtomicRepresentable>(
    _: T.Type, at offset: Int
  ) -> UnsafeMutablePointer<Atomic<T>> {
    let size = MemoryLayout<T>.size
    precondition(
      offset >= 0 && offset <= byteCount - size && offset & (size - 1) == 0,
      "outside the memory")
    return unsafe (base + offset).assumingMemoryBound(to: Atomic<T>.self)
  }
}
