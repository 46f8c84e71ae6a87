// Says `unsafe`: signal handlers and pipes are given by address.

import Glibc
import Synchronization

/// The signals that ask a program to end: Ctrl-C, SIGTERM, a terminal that closes.
enum Signals {
  /// Where the handler writes the signal's number. A handler may do next to nothing else, and a
  /// mask would not do: one of the runtime's own threads takes every signal.
  private static let pipe = Atomic<Int32>(-1)

  private static let wereBrokenPipesIgnored = Atomic(false)

  /// Makes an error of writing to a pipe that nobody reads.
  static func ignoreBrokenPipes() {
    wereBrokenPipesIgnored.store(isIgnoring(signal(SIGPIPE, SIG_IGN)), ordering: .relaxed)
  }

  /// Lets such a write end the process again, for a command whose output is all it is for; unless it
  /// was an error when the process was started.
  static func restoreBrokenPipes() {
    if !wereBrokenPipesIgnored.load(ordering: .relaxed) { signal(SIGPIPE, SIG_DFL) }
  }

  private static func isIgnoring(_ handler: sighandler_t?) -> Bool {
    unsafe unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  /// Calls `body` on a thread of its own when the first of the signals comes. The second ends the
  /// process at once, should ending take too long. What the process was started to ignore stays
  /// ignored. `report` is called for each SIGUSR1 before that.
  static func onEnd(
    _ body: @escaping @Sendable () -> Void, onReport report: (@Sendable () -> Void)? = nil
  ) throws {
    var ends: (Int32, Int32) = (-1, -1)
    let result = unsafe withUnsafeMutableBytes(of: &ends) { ends in
      unsafe Glibc.pipe(ends.baseAddress?.assumingMemoryBound(to: Int32.self))
    }
    guard result == 0 else { throw Failure(.system, "no descriptor is left for signals") }
    pipe.store(ends.1, ordering: .relaxed)
    try start(Work(pipe: ends.0, body: body, report: report))
    if report != nil { take(SIGUSR1) }
    for number in [SIGINT, SIGTERM, SIGHUP] { take(number) }
  }

  private static func take(_ number: Int32) {
    let handler: @convention(c) (Int32) -> Void = { number in
      let saved = errno
      var byte = UInt8(truncatingIfNeeded: number)
      _ = unsafe write(Signals.pipe.load(ordering: .relaxed), &byte, 1)
      errno = saved
    }
    if isIgnoring(signal(number, SIG_IGN)) { return }
    _ = signal(number, handler)
  }

  private static func start(_ work: Work) throws {
    let work = unsafe Unmanaged.passRetained(work)
    var thread = pthread_t()
    let result = unsafe pthread_create(
      &thread, nil,
      { work in
        if let work = unsafe work {
          unsafe Unmanaged<Work>.fromOpaque(work).takeRetainedValue().run()
        }
        return nil
      }, work.toOpaque())
    guard result == 0 else {
      unsafe work.release()
      throw Failure(.system, "no thread is left for signals")
    }
  }

  private final class Work: Sendable {
    private let pipe: Int32
    private let body: @Sendable () -> Void
    private let report: (@Sendable () -> Void)?

    init(
      pipe: Int32, body: @escaping @Sendable () -> Void, report: (@Sendable () -> Void)?
    ) {
      self.pipe = pipe
      self.body = body
      self.report = report
    }

    func run() {
      while next() == SIGUSR1 { report?() }
      body()
      exit(128 + next())
    }

    private func next() -> Int32 {
      var byte: UInt8 = 0
      while unsafe read(pipe, &byte, 1) != 1 {}
      return Int32(byte)
    }
  }
}
