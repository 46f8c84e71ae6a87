// The only file of this module that says `unsafe`: memory that is initialised slot by slot.

/// A fixed number of slots, each of which may hold an element.
///
/// It does not know which slots are in use: its owner does, and moves every element out before the
/// buffer is freed. Indices are reduced by a mask, so that none can leave the memory.
@safe
@usableFromInline
struct SlotBuffer<Element: ~Copyable>: ~Copyable {
  @usableFromInline let base: UnsafeMutablePointer<Element>

  /// One less than the number of slots, which is a power of two.
  @usableFromInline let mask: UInt

  /// Makes room for at least `count` elements, 1 to 2^24; the number is rounded up to a power of two.
  @inlinable
  init(atLeast count: Int) {
    precondition(count >= 1 && count <= 1 << 24, "a buffer has 1 to 2^24 slots")
    var capacity = 1
    while capacity < count { capacity *= 2 }
    unsafe base = .allocate(capacity: capacity)
    mask = UInt(capacity) - 1
  }

  @inlinable
  var count: Int { Int(mask) + 1 }

  /// Puts an element into an empty slot.
  @inlinable
  func put(_ element: consuming Element, at index: UInt) {
    unsafe (base + Int(index & mask)).initialize(to: element)
  }

  /// Moves the element out of a full slot, which is empty afterwards.
  @inlinable
  func take(at index: UInt) -> Element {
    unsafe (base + Int(index & mask)).move()
  }

  /// Lends the element of a full slot.
  @inlinable
  func withElement<R: ~Copyable>(at index: UInt, _ body: (inout Element) -> R) -> R {
    unsafe body(&base[Int(index & mask)])
  }

  @inlinable
  deinit {
    unsafe base.deallocate()
  }
}

/// The ring's memory is written by one side and read by the other; the two indices decide who may
/// touch a slot, and are published with release and read with acquire ordering.
extension RingMemory: @unchecked Sendable where Element: ~Copyable & Sendable {}
