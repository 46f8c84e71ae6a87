import CPlatform
import MartletDevice

/// Decides which thread runs: always one of the highest priority that is ready, those of the same
/// priority in turns of 10 ms.
///
/// One processor: everything here runs with interrupts masked, which is the lock. With more, the run
/// queue and `current` become a processor's own.
enum Scheduler {
  private static let turn = Interval.milliseconds(10)

  @safe nonisolated(unsafe) private static var running: Thread?
  @safe nonisolated(unsafe) private static var idle: Thread?
  @safe nonisolated(unsafe) private static var ready = InlineArray<4, ThreadQueue>(
    repeating: ThreadQueue())
  /// Threads that wait for a time, the earliest first.
  @safe nonisolated(unsafe) private static var firstSleeper: Thread?
  @safe nonisolated(unsafe) private static var turnEnd: Instant?
  @safe nonisolated(unsafe) private static var isSwitchDue = false
  /// A thread that has ended, whose stack can be freed once it is not stood on.
  @safe nonisolated(unsafe) private static var ended: Thread?
  @safe nonisolated(unsafe) private static var lastNumber = 0
  /// Threads that live, in the order in which they began.
  @safe nonisolated(unsafe) private static var threads: [Thread] = []
  /// Threads that live, boot's and the idle one included.
  @safe nonisolated(unsafe) private(set) static var threadCount = 0
  /// How often another thread came to run.
  @safe nonisolated(unsafe) private(set) static var switchCount: UInt64 = 0

  /// Makes the caller the first thread and lets interrupts in.
  static func start() {
    let boot = Thread(running: "boot")
    boot.runningSince = Clock.now
    running = boot
    threadCount = 1
    threads.append(boot)
    idle = makeThread("idle", .idle, runIdle)
    interrupts_unmask()
  }

  /// The thread that runs.
  static var current: Thread {
    guard let running else { Panic.stop("panic: no thread runs yet") }
    return running
  }

  /// Starts a thread at `body`; false when there is no memory for it.
  @discardableResult
  static func spawn(
    _ name: StaticString, priority: Thread.Priority = .normal, _ body: @escaping () -> Void
  ) -> Bool {
    guard let thread = makeThread(name, priority, body) else { return false }
    change { wake(thread) }
    return true
  }

  /// Lets others of the same priority run.
  static func yield() {
    withInterruptsMasked {
      current.state = .ready
      switchToNext()
    }
  }

  /// Blocks the running thread for a time.
  static func sleep(_ interval: Interval) {
    let deadline = Clock.now + interval
    withInterruptsMasked {
      while Clock.now < deadline { block(until: deadline) }
    }
  }

  /// Changes the running thread's priority.
  static func setPriority(_ priority: Thread.Priority) {
    withInterruptsMasked {
      current.priority = priority
      current.state = .ready
      switchToNext()
    }
  }

  /// Ends the running thread.
  static func exit() -> Never {
    _ = interrupts_mask()
    markEnded()
    switchToNext()
    Panic.stop("panic: a thread that had ended ran on")
  }

  /// What is known of each thread, one after the other.
  static func forEachThread(_ body: (Thread) -> Void) {
    for thread in withInterruptsMasked({ threads }) { body(thread) }
  }

  // MARK: With interrupts masked

  /// Blocks the running thread until `wake`, or until `deadline`.
  static func block(until deadline: Instant?) {
    let thread = current
    thread.state = .blocked
    if let deadline { insertSleeper(thread, deadline) }
    switchToNext()
  }

  /// Makes a thread ready that is blocked or new.
  static func wake(_ thread: Thread) {
    if thread.wakeTime != nil { removeSleeper(thread) }
    thread.state = .ready
    ready[thread.priority.rawValue].append(thread)
    if thread.priority.rawValue > current.priority.rawValue { isSwitchDue = true }
    // A thread of the same priority bounds the running one's turn.
    if turnEnd == nil && thread.priority == current.priority {
      turnEnd = Clock.now + turn
      setTimer()
    }
  }

  /// The timer's interrupt: wakes who is due, ends a turn that is over.
  static func timerFired() {
    let now = Clock.now
    while let thread = firstSleeper, let time = thread.wakeTime, time <= now {
      thread.waitQueue?.remove(thread)
      wake(thread)
    }
    if let turnEnd, turnEnd <= now { isSwitchDue = true }
    setTimer()
  }

  /// The end of an interrupt: the thread that was interrupted may have to give way.
  static func preemptIfDue() {
    guard isSwitchDue, markPreempted() else { return }
    switchToNext()
  }

  @inline(never)
  private static func markPreempted() -> Bool {
    guard let running else { return false }
    if running.state == .running { running.state = .ready }
    return true
  }

  /// Runs `body`, which may wake threads, with interrupts masked; then one of them runs at once if
  /// it ranks higher. Not so where interrupts were masked already: a handler gives way at its end,
  /// and a section that must not be interrupted is not interrupted by us either.
  static func change(_ body: () -> Void) {
    let wereUnmasked = interrupts_mask()
    body()
    guard wereUnmasked else { return }
    preemptIfDue()
    interrupts_unmask()
  }

  // MARK: Switching

  private static func switchToNext() {
    guard let (from, to) = selectNext() else { return }
    context_switch(from, to)
    freeEnded()
  }

  /// Chooses who runs next: where to keep this thread's stack pointer, and the other's; `nil` when
  /// it is the same thread.
  ///
  /// A function of its own, so that no reference to a thread lies on a stack that is never returned
  /// to: it would never be released.
  @inline(never)
  private static func selectNext() -> (from: UInt, to: UInt64)? {
    isSwitchDue = false
    let old = current
    if old.state == .ready, old !== idle {
      ready[old.priority.rawValue].append(old)
    }
    guard let new = popReady() ?? idle else { return nil }
    let now = Clock.now
    old.runTime = old.runTime + (now - old.runningSince)
    new.runningSince = now
    new.state = .running
    turnEnd = ready[new.priority.rawValue].isEmpty ? nil : now + turn
    setTimer()
    guard new !== old else { return nil }
    switchCount &+= 1
    Vectors.exchange(old, new)
    running = new
    if old.state == .ended { ended = old }
    return (old.savedStackPointer, mmio_read64(new.savedStackPointer))
  }

  private static func popReady() -> Thread? {
    for priority in stride(from: Thread.Priority.count - 1, through: 0, by: -1) {
      if let thread = ready[priority].popFirst() { return thread }
    }
    return nil
  }

  private static func setTimer() {
    guard let time = firstSleeper?.wakeTime else { return Clock.setTimer(turnEnd) }
    Clock.setTimer(turnEnd.map { min($0, time) } ?? time)
  }

  private static func freeEnded() { ended = nil }

  // MARK: Threads

  private static func makeThread(
    _ name: StaticString, _ priority: Thread.Priority, _ body: @escaping () -> Void
  ) -> Thread? {
    let thread = Thread(name: name, number: lastNumber + 1, priority: priority, body: body)
    if let thread {
      lastNumber += 1
      withInterruptsMasked {
        threadCount += 1
        threads.append(thread)
      }
    }
    return thread
  }

  /// A thread's life, on its own stack; interrupts are masked as the switch left them.
  fileprivate static func runThread() -> Never {
    freeEnded()
    interrupts_unmask()
    runBody()
    exit()
  }

  @inline(never)
  private static func runBody() { current.body() }

  @inline(never)
  private static func markEnded() {
    threadCount -= 1
    let thread = current
    threads.removeAll { $0 === thread }
    // Nothing of it is touched any more once it is not running: its next switch is its last.
    current.state = .ended
  }

  /// What runs when nothing else does. No thread can become ready between the look and the halt:
  /// interrupts are masked until the halt itself.
  private static func runIdle() {
    _ = interrupts_mask()
    while true {
      interrupts_unmask_and_halt()
      preemptIfDue()
    }
  }

  // MARK: Sleepers

  private static func insertSleeper(_ thread: Thread, _ time: Instant) {
    thread.wakeTime = time
    var previous: Thread?
    var next = firstSleeper
    while let other = next, let otherTime = other.wakeTime, otherTime <= time {
      previous = other
      next = other.nextSleeper
    }
    thread.nextSleeper = next
    if let previous { previous.nextSleeper = thread } else { firstSleeper = thread }
  }

  private static func removeSleeper(_ thread: Thread) {
    if firstSleeper === thread {
      firstSleeper = thread.nextSleeper
    } else {
      var previous = firstSleeper
      while let other = previous, other.nextSleeper !== thread { previous = other.nextSleeper }
      previous?.nextSleeper = thread.nextSleeper
    }
    thread.nextSleeper = nil
    thread.wakeTime = nil
  }
}

/// Where a new thread begins (threads.S).
@c(kernel_thread_main)
func kernelThreadMain() { Scheduler.runThread() }
