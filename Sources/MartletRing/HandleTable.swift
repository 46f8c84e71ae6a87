/// A bounded table whose elements are named by handles that go stale.
///
/// Only the table's owner reaches an element; everybody else holds a ``Handle``. Closing is removal
/// by the owner: a handle that comes late finds `nil`, never freed memory and never the element that
/// took the place. Every slot has a generation, odd while the slot is in use, which goes up at each
/// insertion and at each removal; freed slots are reused in the order in which they became free, so
/// that a generation lasts as long as possible. A slot that has used up its 2^39 lives is not used
/// again.
///
/// Every operation takes constant time, apart from ``forEach(_:)``; memory is allocated once, at
/// the start.
public struct HandleTable<Element: ~Copyable>: ~Copyable {
  @usableFromInline let slots: SlotBuffer<Element>

  /// Odd: in use. The index is the slot's.
  @usableFromInline var generations: [UInt64]

  /// The free slots as a linked list: the next free slot of each, by index.
  @usableFromInline var nextFree: [Int]
  @usableFromInline var firstFree = 0
  @usableFromInline var lastFree: Int

  /// How many elements the table holds.
  public private(set) var count = 0

  /// How many slots are free.
  public private(set) var freeCount: Int

  /// Makes a table for exactly `capacity` elements, 1 to 2^24.
  public init(capacity: Int) {
    slots = SlotBuffer(atLeast: capacity)
    generations = Array(repeating: 0, count: capacity)
    nextFree = Array(1...capacity)
    lastFree = capacity - 1
    freeCount = capacity
  }

  /// How many elements the table was made for.
  public var capacity: Int { generations.count }

  /// Takes an element in, or hands it back when the table is full.
  public mutating func insert(_ element: consuming Element) -> Insertion<Element> {
    guard freeCount > 0 else { return .full(element) }
    let slot = firstFree
    firstFree = nextFree[slot]
    freeCount -= 1
    count += 1
    generations[slot] += 1
    slots.put(element, at: UInt(slot))
    return .inserted(Handle(slot: slot, generation: generations[slot]))
  }

  /// Whether the handle's element is still here.
  @inlinable
  public func contains(_ handle: Handle<Element>) -> Bool {
    handle.slot < generations.count && generations[handle.slot] == handle.generation
      && handle.generation & 1 == 1
  }

  /// Lends an element to `body`; `nil` when the handle is stale.
  @inlinable
  public mutating func withElement<R>(
    _ handle: Handle<Element>, _ body: (inout Element) -> R
  ) -> R? {
    guard contains(handle) else { return nil }
    return slots.withElement(at: UInt(handle.slot), body)
  }

  /// Takes an element out; its handle is stale from now on. `nil` when it already was.
  @inlinable
  public mutating func remove(_ handle: Handle<Element>) -> Element? {
    guard contains(handle) else { return nil }
    release(handle.slot)
    return slots.take(at: UInt(handle.slot))
  }

  /// Lends every element to `body`, in the order of the slots.
  @inlinable
  public mutating func forEach(_ body: (Handle<Element>, inout Element) -> Void) {
    for slot in generations.indices where generations[slot] & 1 == 1 {
      let handle = Handle<Element>(slot: slot, generation: generations[slot])
      slots.withElement(at: UInt(slot)) { body(handle, &$0) }
    }
  }

  /// Makes a slot that is in use free, at the end of the list.
  @usableFromInline
  mutating func release(_ slot: Int) {
    count -= 1
    generations[slot] += 1
    guard generations[slot] < lastGeneration else { return }
    if freeCount == 0 { firstFree = slot } else { nextFree[lastFree] = slot }
    lastFree = slot
    freeCount += 1
  }

  /// The generation of a slot that has used up its lives: the next one would not fit a handle.
  @usableFromInline var lastGeneration: UInt64 { 1 << 40 }

  @inlinable
  deinit {
    for slot in generations.indices where generations[slot] & 1 == 1 {
      _ = slots.take(at: UInt(slot))
    }
  }
}

/// What became of an element that was offered to a ``HandleTable``.
@frozen
public enum Insertion<Element: ~Copyable>: ~Copyable {
  /// It is in the table, and this is its handle.
  case inserted(Handle<Element>)

  /// The table is full; here is the element again.
  case full(Element)
}
