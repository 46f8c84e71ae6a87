internal import MartletDevice
internal import MartletReadiness
internal import MartletStack

/// Drives one stack on its loop: frames in, events out, frames out, in every turn.
///
/// The loop's thread alone uses it; the actors of the stack and of its sockets, which run there,
/// share it.
final class StackDriver: LoopClient, @unchecked Sendable {
  /// The frames that one device may bring in one turn, so that the others, tasks and timers get
  /// theirs.
  private static let frameBudget = 64
  /// The socket events of one turn.
  private static let eventBudget = 512

  let loop: EventLoop
  var stack: Stack
  private var ports: [DevicePort] = []
  private var services: [any StackService] = []
  /// Finds names. It comes last among the services.
  let resolver = ResolverService()
  /// The tasks that wait for sockets.
  private var signals: [SocketKey: SocketSignal] = [:]
  /// Where a datagram lies while its reader looks at it. Made when first needed.
  private var buffer: HostBuffer?

  init(_ stack: consuming Stack, on loop: EventLoop) {
    self.stack = stack
    self.loop = loop
    services = [resolver]
  }

  /// The time of the loop's last look at its clock.
  var now: Instant { loop.now }

  // MARK: What belongs to it

  func add(_ port: DevicePort) { ports.append(port) }

  func add(_ service: any StackService) {
    services.insert(service, at: max(0, services.count - 1))
  }

  func remove(_ service: any StackService) { services.removeAll { $0 === service } }

  /// The DHCP client of an interface.
  func dhcp(on interface: InterfaceID) -> DHCPService? {
    for case let service as DHCPService in services where service.interface == interface {
      return service
    }
    return nil
  }

  /// Lets go of a device: what waits for its slots has a last chance to leave.
  func detach(_ interface: InterfaceID) throws(StackError) {
    guard let place = ports.firstIndex(where: { $0.interface == interface }) else {
      throw .noSuchInterface
    }
    let port = ports.remove(at: place)
    _ = port.flush(&stack, now: now)
    port.end()
    try stack.removeInterface(interface)
  }

  /// Lets go of all devices and of the loop.
  func end() {
    loop.detach(self)
    for port in ports { try? detach(port.interface) }
    services = []
  }

  // MARK: Sockets

  /// Makes what resumes the tasks that wait for a socket, until `removeSignal`.
  func makeSignal(of key: SocketKey) -> SocketSignal {
    let signal = SocketSignal()
    signals[key] = signal
    return signal
  }

  /// Forgets a socket; whoever waits for it looks again.
  func removeSignal(of key: SocketKey) {
    signals.removeValue(forKey: key)?.tellAll()
  }

  /// Ends a connection at once. Whoever let go of it may not be there to give the stack its turn.
  func abort(_ handle: TCPHandle) {
    stack.abort(handle, now: now)
    removeSignal(of: .tcp(handle))
    loop.wake()
  }

  /// Ends a listener.
  func close(_ handle: ListenerHandle) {
    stack.close(handle, now: now)
    removeSignal(of: .listener(handle))
    loop.wake()
  }

  /// Ends a UDP socket.
  func close(_ handle: UDPHandle) {
    stack.close(handle)
    removeSignal(of: .udp(handle))
    loop.wake()
  }

  /// The sockets that tasks have, and the tasks that wait for them.
  var socketCount: (open: Int, waiting: Int) {
    (signals.count, signals.values.reduce(0) { $0 + $1.waitingCount })
  }

  /// Calls `body` with the next datagram of a socket; `nil` when there is none.
  func withDatagram<Result>(
    of socket: UDPHandle, _ body: (RawSpan, ReceivedDatagram) -> Result
  ) throws(StackError) -> Result? {
    var buffer = buffer.take() ?? HostBuffer(byteCount: 65_536)
    let datagram = try buffer.receive(from: socket, of: &stack)
    let result = datagram.map { body(buffer.bytes(0..<$0.length), $0) }
    self.buffer = consume buffer
    return result
  }

  // MARK: Turns

  func turn(now: Instant) -> Instant? {
    var isMore = false
    for port in ports where service(port, now: now) { isMore = true }
    pollStack(now: now, isMore: isMore)
    dispatchEvents(now: now)
    for service in services { service.poll(on: &stack, now: now) }
    for port in ports where port.flush(&stack, now: now) { isMore = true }
    return isMore || stack.hasEvents ? now : nextDeadline
  }

  /// Timers run after the frames that wait: an acknowledgment among them stops the one that would
  /// send its segment again. Where frames never end, timers run late, not never.
  private func pollStack(now: Instant, isMore: Bool) {
    guard let deadline = stack.nextDeadline, deadline <= now else { return }
    if !isMore || deadline + .milliseconds(50) <= now { stack.poll(now: now) }
  }

  private func service(_ port: DevicePort, now: Instant) -> Bool {
    let hadEnded = port.hasEnded
    let isMore = port.service(&stack, now: now, budget: Self.frameBudget)
    if port.hasEnded, !hadEnded {
      for service in services { service.deviceEnded(port.interface, on: &stack, now: now) }
    }
    return isMore
  }

  private func dispatchEvents(now: Instant) {
    while let event = stack.nextStackEvent() {
      for service in services { service.handle(event, on: &stack, now: now) }
    }
    var budget = Self.eventBudget
    while budget > 0, let event = stack.nextEvent() {
      budget -= 1
      if services.contains(where: { $0.handle(event, on: &stack, now: now) }) { continue }
      let (key, news) = SocketKey.taking(event)
      signals[key]?.tell(news)
    }
  }

  private var nextDeadline: Instant? {
    var deadline = stack.nextDeadline
    for port in ports { deadline = earliest(deadline, port.nextDeadline()) }
    for service in services { deadline = earliest(deadline, service.nextDeadline) }
    return deadline
  }
}
