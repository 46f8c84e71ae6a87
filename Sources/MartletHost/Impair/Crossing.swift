internal import MartletDevice
internal import MartletReadiness

/// The frames' way through an `ImpairedBridge`, on its loop's thread.
final class Crossing<First: HostDevice & ~Copyable, Second: HostDevice & ~Copyable>: LoopClient,
  DescriptorWatcher
{
  /// The first device with the link's faults around it: what it receives goes forth.
  private var first: FaultInjector<First>
  private var second: Second
  /// The frames that were longer than the other side takes.
  private(set) var tooLong: UInt64 = 0
  /// Resumed when a device is gone.
  var atEnd: Waiter?

  init(
    _ first: consuming First, _ second: consuming Second, forth: Impairment, back: Impairment,
    seed: UInt64
  ) {
    self.first = FaultInjector(first, outgoing: back, incoming: forth, seed: seed)
    self.second = second
  }

  var forth: FaultCounters { first.incomingCounters }
  var back: FaultCounters { first.outgoingCounters }
  var descriptors: [Int32] { [first.base.readinessDescriptor, second.readinessDescriptor] }

  /// The turn that follows reads.
  func descriptorIsReady(_ events: DescriptorEvents) {}

  func turn(now: Instant) -> Instant? {
    let budget = 64
    first.advance(to: now)
    second.advance(to: now)
    let there = Self.carry(from: &first, to: &second, budget: budget, &tooLong)
    let back = Self.carry(from: &second, to: &first, budget: budget, &tooLong)
    if first.base.hasEnded || second.hasEnded { atEnd?.resume() }
    return there == budget || back == budget ? now : first.nextDeadline
  }

  /// Takes what one side has and gives it to the other; returns how many frames there were.
  private static func carry<From: LinkDevice & ~Copyable, To: LinkDevice & ~Copyable>(
    from: inout From, to: inout To, budget: Int, _ tooLong: inout UInt64
  ) -> Int {
    from.carry(to: &to, budget: budget, lost: &tooLong)
  }
}
