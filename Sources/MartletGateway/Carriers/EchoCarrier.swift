internal import Glibc
internal import MartletDevice
internal import MartletHost
internal import MartletReadiness
internal import MartletStack
internal import MartletWire

/// Carries guests' pings by the host's ping sockets, which Linux gives to the groups in
/// `net.ipv4.ping_group_range` without any privilege.
final class EchoCarrier {
  unowned let service: GatewayService
  /// The socket that takes requests to anybody.
  let handle: EchoHandle
  private var flows: [EchoFlow.Key: EchoFlow] = [:]
  private var counts = GuestCounts()
  var buffer = HostBuffer(byteCount: 65_536)
  private var outBuffer = HostBuffer(byteCount: 65_536)

  init(of service: GatewayService, on stack: inout Stack) throws(StackError) {
    self.service = service
    handle = try stack.openEcho(acceptingAllOn: service.interface)
  }

  var isEmpty: Bool { flows.isEmpty }

  /// Whether the host gives this user ping sockets.
  static var isPermitted: Bool {
    let number = KernelCalls.socket(.datagram, protocol: Int32(IPPROTO_ICMP))
    guard number >= 0 else { return false }
    _ = Descriptor(Int32(truncatingIfNeeded: number))
    return true
  }

  /// Takes an event; false when it is none of a carried ping's.
  func handle(_ event: SocketEvent, on stack: inout Stack, now: Instant) -> Bool {
    guard case .echo(let handle, _) = event, handle == self.handle else { return false }
    while let request = receive(on: &stack) {
      guard let flow = flows[EchoFlow.Key(request)] ?? begin(request, on: &stack, now: now) else {
        continue
      }
      flow.send(request, &outBuffer, on: &stack, now: now)
    }
    return true
  }

  private func receive(on stack: inout Stack) -> EchoRequest? {
    // Behind room for the header of the message that is sent on.
    (try? outBuffer.receiveRequest(from: handle, of: &stack, at: 8)) ?? nil
  }

  private func begin(_ request: EchoRequest, on stack: inout Stack, now: Instant) -> EchoFlow? {
    let options = service.options
    let target: Endpoint
    let way = options.way(
      from: Endpoint(request.source, port: 0), to: Endpoint(request.destination, port: 0))
    switch way {
    case .host(let endpoint): target = endpoint
    case .refused(let drop, let reason):
      return refuse(request, drop, reason, on: &stack, now: now)
    }
    guard flows.count < options.limits.echoFlows else {
      return refuse(request, .limit, .prohibited, on: &stack, now: now)
    }
    guard counts[request.source] < options.limits.echoFlowsEach else {
      return refuse(request, .guestLimit, .prohibited, on: &stack, now: now)
    }
    do throws(SystemError) {
      let socket = try HostSocket.open(
        .datagram, protocol: Int32(IPPROTO_ICMP), loop: service.loop)
      guard KernelCalls.connect(socket.number, to: target) == 0 else {
        return refuse(request, .unreachable, .hostUnreachable, on: &stack, now: now)
      }
      let flow = EchoFlow(request, socket, of: self)
      flows[flow.key] = flow
      counts.add(request.source)
      service.counters.echoFlows &+= 1
      return flow
    } catch {
      switch error.code {
      case EACCES, EPERM:
        return refuse(request, .pingNotPermitted, .prohibited, on: &stack, now: now)
      case EMFILE, ENFILE: return refuse(request, .descriptors, .prohibited, on: &stack, now: now)
      default: return refuse(request, .hostFailure, .prohibited, on: &stack, now: now)
      }
    }
  }

  private func refuse(
    _ request: EchoRequest, _ drop: GatewayDrop, _ reason: EndReason, on stack: inout Stack,
    now: Instant
  ) -> EchoFlow? {
    service.counters.drop(drop)
    stack.reportUndelivered(request, because: reason, on: service.interface, now: now)
    return nil
  }

  // MARK: End

  func sweep(now: Instant) {
    for flow in flows.values where flow.deadline <= now { remove(flow) }
  }

  private func remove(_ flow: EchoFlow) {
    flow.end()
    flows[flow.key] = nil
    counts.remove(flow.key.guest)
  }

  /// Ends everything.
  func end(on stack: inout Stack) {
    for flow in flows.values { remove(flow) }
    stack.close(handle)
  }

  func list(_ body: (GatewayFlowStatus) -> Void) {
    for flow in flows.values {
      body(
        GatewayFlowStatus(
          kind: .echo, guest: Endpoint(flow.key.guest, port: 0),
          destination: Endpoint(flow.key.destination, port: 0), isOpen: flow.inOctets > 0,
          outOctets: flow.outOctets, inOctets: flow.inOctets))
    }
  }
}
