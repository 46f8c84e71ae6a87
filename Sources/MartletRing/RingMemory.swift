public import Synchronization

/// What the two ends of a ring share.
///
/// `tail` counts the elements ever pushed and is written by the producer alone; `head` counts those
/// ever popped and is written by the consumer alone. Both wrap. Slots from `head` up to `tail` are
/// full and belong to the consumer; the others are empty and belong to the producer.
@usableFromInline
final class RingMemory<Element: ~Copyable & Sendable> {
  @usableFromInline let slots: SlotBuffer<Element>
  @usableFromInline let tail = IsolatedIndex()
  @usableFromInline let head = IsolatedIndex()

  /// How many of the two ends are gone.
  @usableFromInline let endsGone = Atomic<UInt>(0)

  @inlinable
  init(capacity: Int) {
    slots = SlotBuffer(atLeast: capacity)
  }

  /// Frees what was pushed and never popped. Runs when both ends are gone, so nobody else looks.
  @inlinable
  deinit {
    var next = head.value.load(ordering: .acquiring)
    let end = tail.value.load(ordering: .acquiring)
    while next != end {
      _ = slots.take(at: next)
      next &+= 1
    }
  }
}
