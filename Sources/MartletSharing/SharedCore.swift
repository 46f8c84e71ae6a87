public import MartletDevice

/// What several threads use in turns: a stack with its devices and sockets, or a test's stub.
///
/// It knows nothing of threads. A socket is a number of its own choosing.
public protocol SharedCore: ~Copyable {
  /// The time, by the clock that the core lives by.
  var now: Instant { get }

  /// Takes in what its descriptors bring, up to a budget; returns whether there may be more.
  mutating func takeIn(now: Instant) -> Bool

  /// Does what is due and sends what waits.
  mutating func settle(now: Instant)

  /// The next socket with news, each at most once until more happens to it; `nil` when none has any.
  mutating func nextNews() -> Int?

  /// When `settle` is next needed; `nil` while nothing waits for time.
  var nextDeadline: Instant? { get }

  /// The descriptors that bring something.
  var descriptors: [Int32] { get }
}
