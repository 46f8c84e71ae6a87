import MartletDevice
import Synchronization

/// The work that interrupts leave behind: one thread, above all user threads.
///
/// An interrupt handler quiets its device and raises; the thread works in rounds until there is no
/// more. Under a storm there always is: after `roundLimit` rounds it goes down to the priority of
/// user threads, which then take turns with it, until its backlog is empty.
enum SoftIRQ {
  private static let roundLimit = 16

  private static let isRaised = Atomic<Bool>(false)
  @safe nonisolated(unsafe) private static var queue: WaitQueue?
  /// How often the thread had to go down.
  @safe nonisolated(unsafe) private(set) static var demotionCount = 0

  /// One round's work: whether there is more, and when to look again if nothing is raised.
  struct Outcome {
    var hasMore: Bool
    var nextDeadline: Instant?
  }

  /// Starts the thread; `round` does one round's work.
  static func start(_ round: @escaping () -> Outcome) {
    queue = WaitQueue()
    Scheduler.spawn("softirq", priority: .high) {
      while true { run(round) }
    }
  }

  /// Asks for a round; from an interrupt handler or a thread.
  static func raise() {
    isRaised.store(true, ordering: .releasing)
    queue?.wakeOne()
  }

  private static func run(_ round: () -> Outcome) {
    var rounds = 0
    var outcome = round()
    while outcome.hasMore {
      rounds += 1
      if rounds == roundLimit {
        demotionCount += 1
        Scheduler.setPriority(.normal)
      }
      outcome = round()
    }
    if rounds >= roundLimit { Scheduler.setPriority(.high) }
    queue?.wait(until: outcome.nextDeadline) { !isRaised.exchange(false, ordering: .acquiring) }
  }
}
