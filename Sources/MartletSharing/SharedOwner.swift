public import MartletDevice
internal import MartletReadiness

/// The one owner of a core that many threads want: whoever holds its lock.
///
/// A call takes the lock, does its work on the core, lets the core settle (what is due is done, what
/// waits is sent), wakes the threads whose sockets have news, and lets go. A call that has to wait
/// leaves a bell with its socket under the same lock that it found nothing under, so that no news is
/// lost. One thread, the driver, sleeps until a descriptor or a deadline asks for it.
public final class SharedOwner<Core: SharedCore & ~Copyable>: @unchecked Sendable {
  // Unchecked: everything below is touched under `lock` only.
  private let lock = Lock()
  private var core: Core
  private var waiters: [Int: [Bell]] = [:]
  private var isEnded = false
  private var driver: Bell?
  /// When the driver wakes by itself.
  private var driverDeadline = Instant.distantFuture
  private var driverDescriptors: [Int32] = []
  /// Rung at every news, for who watches the whole core.
  private var watcher: ((Int) -> Void)?

  /// Takes a core over.
  public init(_ core: consuming Core) { self.core = core }

  // MARK: Turns

  /// Does something to the core at once; `nil` when it has ended.
  public func with<Result>(_ body: (inout Core, Instant) -> Result) -> Result? {
    lock.lock()
    defer { lock.unlock() }
    guard !isEnded else { return nil }
    let result = body(&core, core.now)
    finishTurn()
    return result
  }

  /// Does something to a socket, tried again at every news of it until `body` has a result or
  /// `patience` is over.
  public func attempt<Result>(
    _ socket: Int, patience: Patience, _ body: (inout Core, Instant) -> Result?
  ) -> Attempt<Result> {
    var bell: Bell?
    defer { if let bell { BellPool.shared.put(bell) } }
    lock.lock()
    defer {
      if let bell { forget(bell, at: socket) }
      lock.unlock()
    }
    while !isEnded {
      bell?.silence()
      let result = body(&core, core.now)
      let hasNews = finishTurn(of: socket)
      if let result { return .done(result) }
      // What the call itself has brought about, before there was a bell to ring.
      if hasNews { continue }
      let timeout: Interval?
      switch patience {
      case .none: return .notYet
      case .unlimited: timeout = nil
      case .until(let deadline):
        timeout = deadline - MonotonicClock.now
        guard timeout ?? .zero > .zero else { return .notYet }
      }
      if bell == nil {
        guard let new = try? BellPool.shared.take() else { return .noDescriptor }
        waiters[socket, default: []].append(new)
        bell = new
      }
      guard let bell else { return .noDescriptor }
      lock.unlock()
      let outcome = bell.wait(timeout: timeout)
      lock.lock()
      if outcome == .interrupted { return .interrupted }
    }
    return .ended
  }

  /// Lets a core settle after its owner worked on it, and wakes whom that concerns. Returns whether
  /// that is also the socket that was worked on. Under the lock.
  @discardableResult
  private func finishTurn(of own: Int? = nil) -> Bool {
    core.settle(now: core.now)
    var hasOwnNews = false
    while let socket = core.nextNews() {
      if socket == own { hasOwnNews = true }
      watcher?(socket)
      guard let bells = waiters[socket] else { continue }
      for bell in bells { bell.ring() }
    }
    if let deadline = core.nextDeadline, deadline < driverDeadline { driver?.ring() }
    return hasOwnNews
  }

  private func forget(_ bell: Bell, at socket: Int) {
    waiters[socket]?.removeAll { $0 === bell }
    if waiters[socket]?.isEmpty == true { waiters[socket] = nil }
  }

  // MARK: Waiting for many

  /// Leaves a bell with a socket and looks at it; `nil` when the core has ended.
  public func watch<Result>(
    _ socket: Int, with bell: Bell?, _ body: (inout Core, Instant) -> Result
  ) -> Result? {
    lock.lock()
    defer { lock.unlock() }
    guard !isEnded else { return nil }
    if let bell { waiters[socket, default: []].append(bell) }
    let result = body(&core, core.now)
    finishTurn()
    return result
  }

  /// Takes a bell back from a socket, as often as it was left there.
  public func unwatch(_ socket: Int, _ bell: Bell) {
    lock.hold { forget(bell, at: socket) }
  }

  /// Calls `body` under the lock for every socket that has news; it must not call the owner.
  public func setWatcher(_ body: ((Int) -> Void)?) {
    lock.hold { watcher = body }
  }

  // MARK: The driver

  /// Serves descriptors and deadlines on the calling thread until `end`.
  ///
  /// Throws `SystemError` when the process has no descriptor left.
  public func drive(with bell: Bell) {
    var descriptors: [Int32] = []
    while let timeout = driverTurn(bell, &descriptors) {
      waitForAny(of: descriptors, or: bell, timeout: timeout.interval)
    }
  }

  /// How long the driver sleeps; without an interval until something happens.
  private struct Sleep {
    let interval: Interval?
  }

  /// One turn of the driver's; `nil` once the core has ended.
  private func driverTurn(_ bell: Bell, _ descriptors: inout [Int32]) -> Sleep? {
    lock.lock()
    defer { lock.unlock() }
    guard !isEnded else { return nil }
    driver = bell
    // Whatever rang so far is looked at in this turn.
    bell.silence()
    let isMore = core.takeIn(now: core.now)
    driverDeadline = .distantFuture
    finishTurn()
    descriptors = core.descriptors
    guard !isMore else { return Sleep(interval: .zero) }
    guard let deadline = core.nextDeadline else { return Sleep(interval: nil) }
    driverDeadline = deadline
    return Sleep(interval: max(.zero, deadline - core.now))
  }

  /// Lets the driver look at once: a descriptor has come or gone.
  public func wakeDriver() {
    lock.hold { driver?.ring() }
  }

  /// Ends: waiting calls return, later ones find nothing, and the driver leaves. `body` sees the core
  /// for the last time. Again it does nothing.
  public func end(_ body: (inout Core) -> Void) {
    lock.hold {
      guard !isEnded else { return }
      body(&core)
      isEnded = true
      for bells in waiters.values { for bell in bells { bell.ring() } }
      driver?.ring()
    }
  }
}
