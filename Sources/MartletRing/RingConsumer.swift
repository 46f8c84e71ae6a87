public import Synchronization

/// The end of a ``Ring`` that pops.
public struct RingConsumer<Element: ~Copyable & Sendable>: ~Copyable, Sendable {
  @usableFromInline let memory: RingMemory<Element>

  /// The ring's `head`, which nobody else writes.
  @usableFromInline var head: UInt = 0

  /// The ring's `tail` as last seen: the producer may be further, never behind it.
  @usableFromInline var seenTail: UInt = 0

  @inlinable
  init(memory: RingMemory<Element>) {
    self.memory = memory
  }

  /// How many elements the ring holds when it is full.
  @inlinable
  public var capacity: Int { memory.slots.count }

  /// Whether the ring is empty at this moment, seen afresh: the check between
  /// ``DoorbellSleeper/arm()`` and going to sleep.
  @inlinable
  public var isEmpty: Bool {
    memory.tail.value.load(ordering: .acquiring) == head
  }

  /// Whether the producer is gone. Ask before the last pop: if the answer is yes and the ring is
  /// empty afterwards, it stays empty.
  @inlinable
  public var isAbandoned: Bool {
    memory.endsGone.load(ordering: .acquiring) > 0
  }

  /// Pops the oldest element, or gives `nil` when there is none.
  @inlinable
  public mutating func pop() -> Element? {
    guard hasElement(at: head) else { return nil }
    let element = memory.slots.take(at: head)
    handBack(head &+ 1)
    return element
  }

  /// Pops up to `limit` elements, oldest first, and gives their slots back together; returns how
  /// many.
  @inlinable
  public mutating func pop(upTo limit: Int, _ body: (consuming Element) -> Void) -> Int {
    let start = head
    var end = start
    while Int(end &- start) < limit, hasElement(at: end) {
      body(memory.slots.take(at: end))
      end &+= 1
    }
    if end != start { handBack(end) }
    return Int(end &- start)
  }

  /// Whether the slot at `index` is full.
  @inlinable
  mutating func hasElement(at index: UInt) -> Bool {
    if index != seenTail { return true }
    // Acquire: the producer's write into the slot happens before our read of it.
    seenTail = memory.tail.value.load(ordering: .acquiring)
    return index != seenTail
  }

  /// Gives the producer every slot below `end`.
  @inlinable
  mutating func handBack(_ end: UInt) {
    head = end
    // Release: the elements are moved out before the index that lets the slots be written again.
    memory.head.value.store(end, ordering: .releasing)
  }

  @inlinable
  deinit {
    memory.endsGone.add(1, ordering: .acquiringAndReleasing)
  }
}
