/// A bounded queue between two contexts: one pushes, the other pops, and neither ever waits.
///
/// Take the two ends apart and give each to its context. Each end is noncopyable, so that a second
/// producer or a second consumer does not compile.
///
/// ```swift
/// let ring = Ring<Command>(capacity: 256)
/// var commands = ring.producer  // the user's side
/// var inbox = ring.consumer     // the owner's side
/// if let refused = commands.push(command) { … }  // full: here it is again
/// while let command = inbox.pop() { … }
/// ```
///
/// An element moves: after `push` the producer cannot reach it any more, and whatever is in the ring
/// when both ends are gone is freed.
///
/// Cost: a push or a pop touches the other side's index only when the copy it remembers says "full"
/// or "empty", so that in a busy ring an index moves between the cores once a batch.
@frozen
public struct Ring<Element: ~Copyable & Sendable>: ~Copyable, Sendable {
  /// The end that pushes.
  public let producer: RingProducer<Element>

  /// The end that pops.
  public let consumer: RingConsumer<Element>

  /// Makes a ring for at least `capacity` elements, 1 to 2^24, rounded up to a power of two.
  ///
  /// This is the only allocation a ring makes.
  @inlinable
  public init(capacity: Int) {
    let memory = RingMemory<Element>(capacity: capacity)
    producer = RingProducer(memory: memory)
    consumer = RingConsumer(memory: memory)
  }
}
