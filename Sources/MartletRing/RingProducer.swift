public import Synchronization

/// The end of a ``Ring`` that pushes.
public struct RingProducer<Element: ~Copyable & Sendable>: ~Copyable, Sendable {
  @usableFromInline let memory: RingMemory<Element>

  /// The ring's `tail`, which nobody else writes.
  @usableFromInline var tail: UInt = 0

  /// The ring's `head` as last seen: the consumer may be further, never behind it.
  @usableFromInline var seenHead: UInt = 0

  @inlinable
  init(memory: RingMemory<Element>) {
    self.memory = memory
  }

  /// How many elements the ring holds when it is full.
  @inlinable
  public var capacity: Int { memory.slots.count }

  /// Whether the consumer is gone: what is pushed from now on is only freed.
  @inlinable
  public var isAbandoned: Bool {
    memory.endsGone.load(ordering: .acquiring) > 0
  }

  /// Pushes one element, or hands it back when the ring is full.
  @inlinable
  public mutating func push(_ element: consuming Element) -> Element? {
    guard hasRoom() else { return element }
    memory.slots.put(element, at: tail)
    publish(tail &+ 1)
    return nil
  }

  /// Pushes up to `limit` elements and shows them to the consumer together; returns how many.
  ///
  /// `next` is called only while there is room, so that no element has to be handed back; it ends
  /// the batch by giving `nil`.
  @inlinable
  public mutating func push(upTo limit: Int, _ next: () -> Element?) -> Int {
    let start = tail
    var end = start
    while Int(end &- start) < limit, hasRoom(after: end), let element = next() {
      memory.slots.put(element, at: end)
      end &+= 1
    }
    if end != start { publish(end) }
    return Int(end &- start)
  }

  /// How many elements fit now. The consumer may make more room at any moment, never less.
  @inlinable
  public mutating func room() -> Int {
    seenHead = memory.head.value.load(ordering: .acquiring)
    return capacity - Int(tail &- seenHead)
  }

  @inlinable
  mutating func hasRoom() -> Bool { hasRoom(after: tail) }

  /// Whether the slot at `index` is the producer's.
  @inlinable
  mutating func hasRoom(after index: UInt) -> Bool {
    if index &- seenHead <= memory.slots.mask { return true }
    // Acquire: the consumer's move out of the slot happens before our write into it.
    seenHead = memory.head.value.load(ordering: .acquiring)
    return index &- seenHead <= memory.slots.mask
  }

  /// Shows the consumer everything below `end`.
  @inlinable
  mutating func publish(_ end: UInt) {
    tail = end
    // Release: the elements are written before the index that makes them visible.
    memory.tail.value.store(end, ordering: .releasing)
  }

  @inlinable
  deinit {
    memory.endsGone.add(1, ordering: .acquiringAndReleasing)
  }
}
