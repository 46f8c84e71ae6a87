internal import MartletDevice
internal import Synchronization

/// One task's wait for one event. From any thread; the first outcome counts.
final class Waiter: Sendable {
  /// How a wait ends.
  enum Outcome: Sendable {
    /// What was waited for may have come: look.
    case ready
    /// The time that the wait was given is over.
    case expired
    /// The task was cancelled.
    case cancelled
  }

  private enum State {
    case idle
    case waiting(CheckedContinuation<Outcome, Never>)
    case done(Outcome)
  }

  private let state = Mutex(State.idle)
  private let place = Atomic<Int>(-1)

  /// Where it stands in its loop's timer queue; -1 when it does not. The loop's thread alone.
  var timerPlace: Int {
    get { place.load(ordering: .relaxed) }
    set { place.store(newValue, ordering: .relaxed) }
  }

  /// Suspends until `resume`, or until the task is cancelled. Once a waiter.
  func wait() async -> Outcome {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let outcome = state.withLock { state -> Outcome? in
          if case .done(let outcome) = state { return outcome }
          state = .waiting(continuation)
          return nil
        }
        if let outcome { continuation.resume(returning: outcome) }
      }
    } onCancel: {
      resume(.cancelled)
    }
  }

  /// As `wait`, until `deadline` at the latest; leaves no timer behind.
  func wait(on loop: EventLoop, until deadline: Instant) async -> Outcome {
    loop.schedule(self, at: deadline)
    let outcome = await wait()
    if outcome != .expired { loop.unschedule(self) }
    return outcome
  }

  /// Ends the wait, if nothing has ended it before.
  func resume(_ outcome: Outcome = .ready) {
    let continuation = state.withLock { state -> CheckedContinuation<Outcome, Never>? in
      switch state {
      case .idle:
        state = .done(outcome)
        return nil
      case .waiting(let continuation):
        state = .done(outcome)
        return continuation
      case .done:
        return nil
      }
    }
    continuation?.resume(returning: outcome)
  }

  /// Whether the wait has ended.
  var isDone: Bool {
    state.withLock { if case .done = $0 { true } else { false } }
  }
}
