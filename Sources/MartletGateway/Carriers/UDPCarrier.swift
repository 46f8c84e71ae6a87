internal import Glibc
internal import MartletDevice
internal import MartletHost
internal import MartletReadiness
internal import MartletStack
internal import MartletWire

/// Carries guests' UDP conversations by the host's sockets.
final class UDPCarrier {
  unowned let service: GatewayService
  /// The socket that takes what guests send to anybody.
  let handle: UDPHandle
  private var flows: [FlowPair: UDPFlow] = [:]
  private var counts = GuestCounts()
  var buffer = HostBuffer(byteCount: 65_536)
  /// What guests send, until it is sent on.
  private var outBuffer = HostBuffer(byteCount: 65_536)

  init(of service: GatewayService, on stack: inout Stack) throws(StackError) {
    self.service = service
    handle = try stack.openUDP(acceptingAllOn: service.interface)
  }

  var isEmpty: Bool { flows.isEmpty }

  /// Takes an event; false when it is none of a carried conversation's.
  func handle(_ event: SocketEvent, on stack: inout Stack, now: Instant) -> Bool {
    guard case .udp(let handle, _) = event, handle == self.handle else { return false }
    while let datagram = receive(on: &stack) {
      send(datagram, on: &stack, now: now)
    }
    return true
  }

  private func receive(on stack: inout Stack) -> ReceivedDatagram? {
    (try? outBuffer.receive(from: handle, of: &stack)) ?? nil
  }

  private func send(_ datagram: ReceivedDatagram, on stack: inout Stack, now: Instant) {
    let ends = FlowPair(guest: datagram.source, destination: datagram.destination)
    guard let flow = flows[ends] ?? begin(ends, on: &stack, now: now) else { return }
    flow.send(datagram.length, of: outBuffer, on: &stack, now: now)
  }

  private func begin(_ ends: FlowPair, on stack: inout Stack, now: Instant) -> UDPFlow? {
    let options = service.options
    let guest = ends.guest.address
    let target: Endpoint
    switch options.way(from: ends.guest, to: ends.destination) {
    case .host(let endpoint): target = endpoint
    case .refused(let drop, let reason):
      return refuse(ends, drop, reason, on: &stack, now: now)
    }
    guard flows.count < options.limits.datagramFlows else {
      return refuse(ends, .limit, .prohibited, on: &stack, now: now)
    }
    guard counts[guest] < options.limits.datagramFlowsEach else {
      return refuse(ends, .guestLimit, .prohibited, on: &stack, now: now)
    }
    do throws(SystemError) {
      let socket = try HostSocket.open(.datagram, loop: service.loop)
      let result = KernelCalls.connect(socket.number, to: target)
      guard result == 0 else {
        let isPermitted = result != -Int(EACCES) && result != -Int(EPERM)
        return refuse(
          ends, isPermitted ? .unreachable : .hostFailure,
          isPermitted ? .hostUnreachable : .prohibited, on: &stack, now: now)
      }
      let flow = UDPFlow(
        ends, socket, of: self, until: now + options.limits.unansweredIdleTime)
      flows[ends] = flow
      counts.add(guest)
      service.counters.datagramFlows &+= 1
      return flow
    } catch {
      let isLimit = error.code == EMFILE || error.code == ENFILE
      return refuse(
        ends, isLimit ? .descriptors : .hostFailure, .prohibited, on: &stack, now: now)
    }
  }

  private func refuse(
    _ ends: FlowPair, _ drop: GatewayDrop, _ reason: EndReason, on stack: inout Stack, now: Instant
  ) -> UDPFlow? {
    service.counters.drop(drop)
    stack.reportUndelivered(
      from: ends.guest, to: ends.destination, because: reason, on: service.interface, now: now)
    return nil
  }

  // MARK: End

  /// Ends what was idle for too long, which for datagrams is their ordinary end.
  func sweep(now: Instant) {
    for flow in flows.values where flow.deadline <= now { remove(flow) }
  }

  private func remove(_ flow: UDPFlow) {
    flow.end()
    flows[flow.ends] = nil
    counts.remove(flow.ends.guest.address)
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
          kind: .udp, guest: flow.ends.guest, destination: flow.ends.destination,
          isOpen: flow.hasAnswer, outOctets: flow.outOctets, inOctets: flow.inOctets))
    }
  }
}
