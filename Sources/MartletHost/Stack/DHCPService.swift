internal import MartletDevice
internal import MartletServices
internal import MartletStack
internal import MartletWire

/// A DHCP client that lives on a stack, and the tasks that wait for what it gets.
final class DHCPService: StackService {
  private var client: DHCPv4Client
  private unowned let driver: StackDriver
  private var waiters = WaiterList()

  init(_ client: consuming DHCPv4Client, of driver: StackDriver) {
    self.client = client
    self.driver = driver
  }

  var interface: InterfaceID { client.interface }

  /// What it holds and may be used.
  var lease: DHCPv4Lease? {
    switch client.state {
    case .bound, .renewing, .rebinding: client.lease
    default: nil
    }
  }

  var isStopped: Bool { client.state == .stopped }

  func start() throws(StackError) { try client.start(on: &driver.stack, now: driver.now) }

  func release() { client.release(on: &driver.stack, now: driver.now) }

  func stop() { client.stop(on: &driver.stack) }

  /// Suspends until something has changed, or until `deadline`: false.
  func wait(until deadline: Instant) async throws(NetworkError) -> Bool {
    let waiter = Waiter()
    waiters.add(waiter)
    defer { waiters.remove(waiter) }
    switch await waiter.wait(on: driver.loop, until: deadline) {
    case .ready: return true
    case .expired: return false
    case .cancelled: throw .cancelled
    }
  }

  // MARK: On the stack

  func handle(_ event: SocketEvent, on stack: inout Stack, now: Instant) -> Bool {
    client.handle(event, on: &stack, now: now)
  }

  func handle(_ event: StackEvent, on stack: inout Stack, now: Instant) {
    client.handle(event, on: &stack, now: now)
  }

  func poll(on stack: inout Stack, now: Instant) {
    client.poll(on: &stack, now: now)
    var hasNews = client.state == .stopped
    while let item = client.nextNews() {
      hasNews = true
      switch item {
      case .bound(let lease), .renewed(let lease):
        if !lease.nameServers.isEmpty { driver.resolver.setServers(lease.nameServers) }
      case .lost: break
      }
    }
    if hasNews { waiters.resumeAll() }
  }

  var nextDeadline: Instant? { client.nextDeadline }
}
