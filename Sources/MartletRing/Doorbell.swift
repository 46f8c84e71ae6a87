public import Synchronization

/// How a context that may sleep is told of work, without a system call when it is awake.
///
/// One context sleeps, any number ring. A ring costs a wake-up (an `eventfd` write, an interrupt to
/// another processor) only when the sleeper said that it sleeps, and only for the first who finds
/// it so: `ring()` says who that is.
///
/// ```swift
/// // who brings work:                 // who sleeps:
/// _ = commands.push(command)          sleeper.arm()
/// if ringer.ring() { wake() }         if inbox.isEmpty { wait() }
///                                     sleeper.disarm()
/// ```
///
/// No wake-up is lost: the ringer publishes its work and then reads the sleeper's state; the sleeper
/// publishes its state and then looks for work. Both have a full fence in between, so at least one
/// sees the other. `wait()` must return for a `wake()` that came before it, as `eventfd`, a
/// semaphore and a pending interrupt do. A wake-up may arrive although the work is already done;
/// that costs one turn of the loop.
@frozen
public struct Doorbell: ~Copyable, Sendable {
  /// The side that sleeps.
  public let sleeper: DoorbellSleeper

  /// The side that rings, to be copied to all who bring work.
  public let ringer: DoorbellRinger

  /// Makes a doorbell whose sleeper is awake.
  @inlinable
  public init() {
    let state = DoorbellState()
    sleeper = DoorbellSleeper(state: state)
    ringer = DoorbellRinger(state: state)
  }
}

/// What the two sides of a ``Doorbell`` share.
@usableFromInline
final class DoorbellState: Sendable {
  @usableFromInline let isArmed = Atomic<Bool>(false)

  @inlinable
  init() {}
}

/// The side of a ``Doorbell`` that sleeps.
public struct DoorbellSleeper: ~Copyable, Sendable {
  @usableFromInline let state: DoorbellState

  @inlinable
  init(state: DoorbellState) {
    self.state = state
  }

  /// Says that the sleeper is about to sleep. Look for work once more before doing it.
  @inlinable
  public mutating func arm() {
    state.isArmed.store(true, ordering: .relaxed)
    // The check for work that follows must not be satisfied before the store above is seen.
    atomicMemoryFence(ordering: .sequentiallyConsistent)
  }

  /// Says that the sleeper is awake; returns whether somebody rang since ``arm()``.
  ///
  /// If so, that ringer's wake-up is on its way or has arrived.
  @inlinable
  @discardableResult
  public mutating func disarm() -> Bool {
    !state.isArmed.exchange(false, ordering: .acquiringAndReleasing)
  }
}

/// The side of a ``Doorbell`` that rings.
public struct DoorbellRinger: Sendable {
  @usableFromInline let state: DoorbellState

  @inlinable
  init(state: DoorbellState) {
    self.state = state
  }

  /// Call after work was published; returns whether the caller must wake the sleeper now.
  ///
  /// Of all who ring between two calls of ``DoorbellSleeper/arm()``, one is told to.
  @inlinable
  public func ring() -> Bool {
    // The work must be visible before the state is read; see the note in `Doorbell`.
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    guard state.isArmed.load(ordering: .relaxed) else { return false }
    return state.isArmed.exchange(false, ordering: .acquiringAndReleasing)
  }
}
