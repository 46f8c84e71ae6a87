// Says `unsafe`: signal sets are passed by address.

import Glibc
import Synchronization

/// The signals that ask a program to end: Ctrl-C, SIGTERM, a terminal that closes.
enum Signals {
  private static let ending = [SIGINT, SIGTERM, SIGHUP]

  /// Keeps the signals for `wait`, in this thread and those that it begins; writing to a pipe that
  /// nobody reads becomes an error.
  static func block() {
    signal(SIGPIPE, SIG_IGN)
    var set = Self.set
    unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  private static var set: sigset_t {
    var set = sigset_t()
    unsafe sigemptyset(&set)
    for signal in ending { unsafe sigaddset(&set, signal) }
    return set
  }

  /// Calls `body` on a thread of its own when the first of the signals comes. The second ends the
  /// process at once, for an end that takes too long.
  static func onEnd(_ body: @escaping @Sendable () -> Void) {
    let work = unsafe Unmanaged.passRetained(Work(body))
    var thread = pthread_t()
    let result = unsafe pthread_create(
      &thread, nil,
      { work in
        if let work = unsafe work {
          unsafe Unmanaged<Work>.fromOpaque(work).takeRetainedValue().run()
        }
        return nil
      }, work.toOpaque())
    if result != 0 { unsafe work.release() }
  }

  private final class Work: Sendable {
    private let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }

    func run() {
      var set = Signals.set
      var signal: Int32 = 0
      unsafe sigwait(&set, &signal)
      body()
      unsafe sigwait(&set, &signal)
      exit(128 + signal)
    }
  }
}
