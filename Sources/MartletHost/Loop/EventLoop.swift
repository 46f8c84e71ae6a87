public import MartletDevice
package import MartletReadiness
internal import Synchronization

/// One thread that waits for descriptors and deadlines, and runs tasks.
///
/// It owns whatever is attached to it (a stack and its devices, sockets of the host's kernel), and
/// it is a serial executor and a task executor: the actors that own them run on it, and a task that
/// prefers it calls them without changing threads.
///
/// ```swift
/// let loop = try EventLoop(name: "network")
/// try await loop.run {
///   // On the loop's thread, as are all calls to what the loop owns.
/// }
/// ```
///
/// A task on the loop must not block: while it does, no packet moves.
public final class EventLoop: SerialExecutor, TaskExecutor, @unchecked Sendable {
  // MARK: Shared between threads

  private struct Inbox {
    var jobs: [UnownedJob] = []
    var isStopping = false
  }

  private let inbox = Mutex(Inbox())
  private let doorbell: Doorbell
  private let thread = Atomic<UInt>(0)

  // MARK: The loop's thread alone

  private var poller: Epoll
  private var jobs: [UnownedJob] = []
  private var running: [UnownedJob] = []
  private var clients: [any LoopClient] = []
  private var watchers = WatcherTable()
  private var timers = TimerQueue()
  /// Whether a client asked for a turn after it had its own in this round.
  private var isTurnDue = false
  /// The time when the loop last looked, at most one turn ago.
  package private(set) var now = MonotonicClock.now

  /// Starts the loop's thread; it runs until `stop`.
  ///
  /// - Parameter name: What the system's tools call the thread, up to 15 bytes.
  /// - Throws: `HostError.system` when the process has no descriptor or thread left.
  public init(name: String = "martlet") throws(HostError) {
    do throws(SystemError) {
      doorbell = try Doorbell()
      poller = try Epoll()
      try poller.add(doorbell.readinessDescriptor, events: .readable, token: .max)
    } catch {
      throw .system(error, subject: "event loop")
    }
    let code = HostThread.start(name) { self.runLoop() }
    guard code == 0 else {
      throw .system(SystemError("pthread_create", code: code), subject: "event loop")
    }
  }

  /// Ends the thread when what it has begun is done. Nothing may use the loop afterwards.
  public func stop() {
    inbox.withLock { $0.isStopping = true }
    doorbell.ring()
  }

  /// Whether the caller is on the loop's thread.
  public var isCurrent: Bool { thread.load(ordering: .relaxed) == HostThread.current }

  /// Runs `body` on the loop, and returns to where the caller was.
  ///
  /// Calls in `body` to what the loop owns are plain calls, and tasks begun in it prefer the loop:
  /// theirs wait for other jobs of the loop, but change no thread.
  public func run<Result: Sendable, Failure: Error>(
    _ body: @Sendable () async throws(Failure) -> Result
  ) async throws(Failure) -> Result {
    let isolation = LoopIsolation(loop: self)
    return try await withTaskExecutorPreference(self) { () async throws(Failure) -> Result in
      try await isolation.run(body)
    }
  }

  /// Suspends the task for at least so long; returns early when the task is cancelled.
  public func sleep(for interval: Interval) async {
    _ = await Waiter().wait(on: self, until: MonotonicClock.now + interval)
  }

  // MARK: Executor

  /// Takes a job to run on the loop's thread. From any thread.
  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    if isCurrent {
      jobs.append(job)
      return
    }
    let wasEmpty = inbox.withLock { inbox in
      inbox.jobs.append(job)
      return inbox.jobs.count == 1
    }
    if wasEmpty { doorbell.ring() }
  }

  /// Ends the process when the caller is not on the loop's thread.
  public func checkIsolated() { precondition(isCurrent, "not on the event loop's thread") }

  /// Lets all clients have a turn soon. From any thread.
  package func wake() {
    if isCurrent {
      isTurnDue = true
    } else {
      doorbell.ring()
    }
  }

  /// Runs `body` on the loop's thread: at once when the caller is there, else soon.
  func perform(_ body: @escaping @Sendable () -> Void) {
    if isCurrent {
      body()
    } else {
      Task(executorPreference: self) { body() }
    }
  }

  // MARK: What the loop drives

  /// Gives `client` a turn in every round from now on.
  package func attach(_ client: any LoopClient) {
    checkIsolated()
    clients.append(client)
  }

  /// Gives `client` no more turns.
  package func detach(_ client: any LoopClient) {
    checkIsolated()
    clients.removeAll { $0 === client }
  }

  /// Tells `watcher` when a descriptor is ready, until `unwatch`.
  package func watch(
    _ descriptor: Int32, for events: DescriptorEvents, _ watcher: any DescriptorWatcher
  ) throws(SystemError) -> WatchToken {
    checkIsolated()
    let token = watchers.insert(watcher, descriptor: descriptor)
    do throws(SystemError) {
      try poller.add(descriptor, events: events, token: token.rawValue)
    } catch {
      watchers.remove(token)
      throw error
    }
    return token
  }

  /// Changes what a descriptor is watched for.
  package func change(_ token: WatchToken, to events: DescriptorEvents) {
    checkIsolated()
    guard let descriptor = watchers.descriptor(of: token) else { return }
    try? poller.change(descriptor, events: events, token: token.rawValue)
  }

  /// Ends watching. Must come before the descriptor is closed.
  package func unwatch(_ token: WatchToken) {
    checkIsolated()
    guard let descriptor = watchers.descriptor(of: token) else { return }
    try? poller.remove(descriptor)
    watchers.remove(token)
  }

  /// Resumes `waiter` at `deadline`. From any thread.
  func schedule(_ waiter: Waiter, at deadline: Instant) {
    perform { self.timers.insert(waiter, at: deadline) }
  }

  /// Forgets a wait that has ended otherwise. From any thread.
  func unschedule(_ waiter: Waiter) {
    perform { self.timers.remove(waiter) }
  }

  /// The waits under way that end at a time.
  var timerCount: Int {
    checkIsolated()
    return timers.count
  }

  // MARK: The thread

  private func runLoop() {
    thread.store(HostThread.current, ordering: .relaxed)
    while !takeInbox() || !jobs.isEmpty {
      runJobs()
      now = MonotonicClock.now
      timers.resume(until: now)
      isTurnDue = false
      let deadline = giveTurns()
      let isIdle = jobs.isEmpty && !isTurnDue
      wait(until: isIdle ? earliest(deadline, timers.nextDeadline) : .zero)
    }
    thread.store(0, ordering: .relaxed)
  }

  /// Takes what other threads have left; whether the loop is to stop.
  private func takeInbox() -> Bool {
    inbox.withLock { inbox in
      jobs.append(contentsOf: inbox.jobs)
      inbox.jobs.removeAll(keepingCapacity: true)
      return inbox.isStopping
    }
  }

  /// Runs the jobs there are, and those that they leave, but not for ever: packets get their turn.
  private func runJobs() {
    var generations = 16
    while !jobs.isEmpty, generations > 0 {
      generations -= 1
      swap(&jobs, &running)
      for job in running {
        unsafe job.runSynchronously(
          isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
      }
      running.removeAll(keepingCapacity: true)
    }
  }

  private func giveTurns() -> Instant? {
    var deadline: Instant?
    // A client may detach itself, or attach another, during its turn.
    for client in clients { deadline = earliest(deadline, client.turn(now: now)) }
    return deadline
  }

  private func wait(until deadline: Instant?) {
    let timeout = deadline.map { max(.zero, $0 - now) }
    var ready: [(UInt64, DescriptorEvents)] = []
    // Fails only by misuse: the poller and its arguments are the loop's own.
    try? poller.wait(timeout: timeout) { token, events in ready.append((token, events)) }
    guard !ready.isEmpty else { return }
    now = MonotonicClock.now
    for (token, events) in ready {
      if token == .max {
        doorbell.silence()
      } else {
        watchers[WatchToken(rawValue: token)]?.descriptorIsReady(events)
      }
    }
  }
}

/// What `run` isolates its body to, so that the runtime knows that it is on the loop already when it
/// calls another actor of the loop.
private actor LoopIsolation {
  nonisolated let loop: EventLoop

  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

  init(loop: EventLoop) { self.loop = loop }

  func run<Result: Sendable, Failure: Error>(
    _ body: @Sendable () async throws(Failure) -> Result
  ) async throws(Failure) -> Result {
    // Not only a check: without a statement here, Swift 6.3 leaves the change of executor to the
    // body, which takes its caller's word that it was made.
    loop.checkIsolated()
    return try await body()
  }
}
