/// The stack's last events, the oldest lost first when nobody takes them.
struct EventRing: ~Copyable {
  private static var capacity: Int { 32 }
  private var events = Table<StackEvent?>(count: capacity) { _ in nil }
  private var first = 0
  private var count = 0

  /// A ring without events.
  init() {}

  /// Adds an event.
  mutating func append(_ event: StackEvent) {
    events[(first + count) % Self.capacity] = event
    if count < Self.capacity {
      count += 1
    } else {
      first = (first + 1) % Self.capacity
    }
  }

  /// Takes the oldest event; `nil` when there is none.
  mutating func next() -> StackEvent? {
    guard count > 0 else { return nil }
    let event = events[first]
    first = (first + 1) % Self.capacity
    count -= 1
    return event
  }
}
