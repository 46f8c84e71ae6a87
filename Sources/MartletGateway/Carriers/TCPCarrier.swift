internal import Glibc
internal import MartletDevice
internal import MartletHost
internal import MartletReadiness
internal import MartletStack
internal import MartletWire

/// Carries guests' TCP connections by the host's.
final class TCPCarrier {
  unowned let service: GatewayService
  private let listener: ListenerHandle
  private var flows: [FlowPair: TCPFlow] = [:]
  private var opened: [TCPHandle: TCPFlow] = [:]
  private var counts = GuestCounts()
  /// Where bytes lie between two kernels.
  var buffer = HostBuffer(byteCount: 65_536)

  init(of service: GatewayService, on stack: inout Stack) throws(StackError) {
    self.service = service
    var options = ListenerOptions()
    options.asksFirst = true
    options.backlog = 1024
    listener = try stack.listen(on: Endpoint(.unspecified, port: 0), options: options)
  }

  var isEmpty: Bool { flows.isEmpty }

  /// Takes an event; false when it is none of a carried connection's.
  func handle(_ event: SocketEvent, on stack: inout Stack, now: Instant) -> Bool {
    switch event {
    case .listener(let handle, _) where handle == listener:
      while let request = try? stack.nextRequest(on: listener) {
        begin(request, on: &stack, now: now)
      }
      while let handle = try? stack.accept(on: listener) { accept(handle, on: &stack, now: now) }
    case .tcp(let handle, let news):
      guard let flow = opened[handle] else { return false }
      flow.handle(news, on: &stack, now: now)
    default: return false
    }
    return true
  }

  // MARK: Making

  private func begin(_ request: ConnectionRequest, on stack: inout Stack, now: Instant) {
    let options = service.options
    let guest = request.source.address
    let target: Endpoint
    switch options.way(from: request.source, to: request.destination) {
    case .host(let endpoint): target = endpoint
    case .refused(let drop, let reason):
      service.counters.drop(drop)
      // Where nobody listens a TCP host resets.
      return stack.refuse(
        request, because: reason == .portUnreachable ? .refused : reason, now: now)
    }
    guard flows.count < options.limits.connections else {
      return refuse(request, .limit, on: &stack, now: now)
    }
    guard counts[guest] < options.limits.connectionsEach else {
      return refuse(request, .guestLimit, on: &stack, now: now)
    }
    let ends = FlowPair(guest: request.source, destination: request.destination)
    // A guest that uses its port again has forgotten what it had there.
    flows[ends]?.breakOff(on: &stack, now: now)
    do throws(SystemError) {
      let socket = try HostSocket.open(.stream, loop: service.loop)
      let result = KernelCalls.connect(socket.number, to: target)
      guard result == 0 || result == -Int(EINPROGRESS) else {
        return refuse(request, code: Int32(truncatingIfNeeded: -result), on: &stack, now: now)
      }
      flows[ends] = TCPFlow(request, socket, of: self, until: now + options.limits.connectTime)
      counts.add(guest)
    } catch {
      let isLimit = error.code == EMFILE || error.code == ENFILE
      refuse(request, isLimit ? .descriptors : .hostFailure, on: &stack, now: now)
    }
  }

  private func refuse(
    _ request: ConnectionRequest, _ drop: GatewayDrop, on stack: inout Stack, now: Instant
  ) {
    service.counters.drop(drop)
    stack.refuse(request, because: .refused, now: now)
  }

  /// Says to the guest what the host's kernel said.
  func refuse(
    _ request: ConnectionRequest, code: Int32, on stack: inout Stack, now: Instant
  ) {
    switch code {
    case ECONNREFUSED, ECONNRESET: refuse(request, .refused, on: &stack, now: now)
    case ENETUNREACH, EHOSTUNREACH, ETIMEDOUT, EHOSTDOWN, ENETDOWN:
      service.counters.drop(.unreachable)
      stack.refuse(
        request, because: code == ENETUNREACH ? .networkUnreachable : .hostUnreachable, now: now)
    case EACCES, EPERM:
      service.counters.drop(.hostFailure)
      stack.refuse(request, because: .prohibited, now: now)
    default: refuse(request, .hostFailure, on: &stack, now: now)
    }
  }

  private func accept(_ handle: TCPHandle, on stack: inout Stack, now: Instant) {
    guard let status = try? stack.status(of: handle),
      let flow = flows[FlowPair(guest: status.remote, destination: status.local)],
      flow.state == .answered
    else {
      // The host's side has gone meanwhile.
      return stack.abort(handle, now: now)
    }
    opened[handle] = flow
    flow.open(handle, on: &stack, now: now)
  }

  // MARK: End

  func remove(_ flow: TCPFlow) {
    guard flows[flow.ends] === flow else { return }
    flows[flow.ends] = nil
    if let handle = flow.handle { opened[handle] = nil }
    counts.remove(flow.ends.guest.address)
  }

  /// Ends what was idle for too long.
  func sweep(on stack: inout Stack, now: Instant) {
    for flow in flows.values where flow.deadline <= now { flow.expire(on: &stack, now: now) }
  }

  /// Ends everything.
  func end(on stack: inout Stack, now: Instant) {
    for flow in flows.values { flow.breakOff(on: &stack, now: now) }
    stack.close(listener, now: now)
  }

  func list(_ body: (GatewayFlowStatus) -> Void) {
    for flow in flows.values {
      body(
        GatewayFlowStatus(
          kind: .tcp, guest: flow.ends.guest, destination: flow.ends.destination,
          isOpen: flow.state == .open, outOctets: flow.outOctets, inOctets: flow.inOctets))
    }
  }
}
