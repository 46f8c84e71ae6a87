internal import MartletDevice
internal import MartletHost
internal import MartletReadiness
internal import MartletServices
internal import MartletStack
internal import MartletWire

/// The gateway on its stack: hands events to whom they belong, and gives turns to conversations whose
/// host side is ready.
final class GatewayService: StackService, @unchecked Sendable {
  let options: GatewayOptions
  let interface: InterfaceID
  let loop: EventLoop
  var counters = GatewayCounters()
  private(set) var dhcp: DHCPv4Server?
  var names: DNSServer?
  private var tcp: TCPCarrier?
  private var udp: UDPCarrier?
  private var echo: EchoCarrier?
  private var resolver: HostResolver?
  private var forwards: [UDPForward] = []
  private var queue: [any GatewayFlow] = []
  private var nextSweep = Instant.zero

  /// Opens everything on `interface`, which accepts every destination and has the gateway's address.
  init(
    _ options: GatewayOptions, on interface: InterfaceID, of stack: inout Stack, loop: EventLoop
  ) throws(StackError) {
    self.options = options
    self.interface = interface
    self.loop = loop
    do throws(StackError) {
      try open(on: &stack)
    } catch {
      end(on: &stack, now: .zero)
      throw error
    }
  }

  private func open(on stack: inout Stack) throws(StackError) {
    if let dhcp = options.dhcp {
      var server = DHCPv4Server(interface: interface, options: dhcp)
      try server.start(on: &stack)
      self.dhcp = consume server
    }
    if options.answersNames {
      var server = DNSServer(options: Self.nameOptions(options))
      try server.start(on: &stack)
      server.setName(Array("gateway".utf8), address: options.inside.address)
      for name in options.names { server.setName(Array(name.label.utf8), address: name.address) }
      names = consume server
      resolver = HostResolver(of: self)
    }
    guard options.carriesGuests else { return }
    // Always there, so that what is not carried is refused by a word and not by silence.
    tcp = try TCPCarrier(of: self, on: &stack)
    udp = try UDPCarrier(of: self, on: &stack)
    echo = try EchoCarrier(of: self, on: &stack)
  }

  private static func nameOptions(_ options: GatewayOptions) -> DNSServerOptions {
    var names = DNSServerOptions(server: options.inside)
    names.domain = options.domain
    names.forwards = options.reachesOutside || !options.carriesGuests
    return names
  }

  /// Gives `flow` a turn soon.
  func queue(_ flow: any GatewayFlow) {
    guard !flow.isQueued else { return }
    flow.isQueued = true
    queue.append(flow)
  }

  // MARK: On the stack

  func handle(_ event: SocketEvent, on stack: inout Stack, now: Instant) -> Bool {
    if dhcp?.handle(event, on: &stack, now: now) == true {
      takeLeases()
      return true
    }
    if names?.handle(event, on: &stack, now: now) == true {
      takeQueries(on: &stack, now: now)
      return true
    }
    return tcp?.handle(event, on: &stack, now: now) == true
      || udp?.handle(event, on: &stack, now: now) == true
      || echo?.handle(event, on: &stack, now: now) == true
      || forwards.contains { $0.handle(event, on: &stack, now: now) }
  }

  func poll(on stack: inout Stack, now: Instant) {
    if !queue.isEmpty {
      let due = queue
      queue = []
      for flow in due {
        flow.isQueued = false
        flow.advance(on: &stack, now: now)
      }
    }
    if let deadline = dhcp?.nextDeadline, deadline <= now {
      dhcp?.poll(now: now)
      takeLeases()
    }
    if let deadline = names?.nextDeadline, deadline <= now { names?.poll(on: &stack, now: now) }
    guard now >= nextSweep else { return }
    nextSweep = now + .seconds(1)
    tcp?.sweep(on: &stack, now: now)
    udp?.sweep(now: now)
    echo?.sweep(now: now)
    resolver?.sweep(on: &stack, now: now)
    for forward in forwards { forward.sweep(on: &stack, now: now) }
  }

  var nextDeadline: Instant? {
    if !queue.isEmpty { return .zero }
    var deadline = earliest(dhcp?.nextDeadline, names?.nextDeadline)
    if hasFlows { deadline = earliest(deadline, nextSweep) }
    return deadline
  }

  private var hasFlows: Bool {
    !(tcp?.isEmpty ?? true && udp?.isEmpty ?? true && echo?.isEmpty ?? true
      && resolver?.isEmpty ?? true && forwardedPeerCount == 0)
  }

  // MARK: Names

  /// Lets who has a lease have its name, unless that is another's by configuration.
  private func takeLeases() {
    while let item = dhcp?.nextNews() {
      switch item {
      case .bound(let lease):
        names?.removeNames(of: lease.address)
        restoreNames(of: lease.address)
        if !lease.name.isEmpty, !isReserved(lease.name) {
          names?.setName(lease.name, address: lease.address)
        }
      case .ended(let lease):
        names?.removeNames(of: lease.address)
        restoreNames(of: lease.address)
      }
    }
  }

  private func isReserved(_ name: [UInt8]) -> Bool {
    name == Array("gateway".utf8)
      || options.names.contains { Array($0.label.lowercased().utf8) == name }
  }

  private func restoreNames(of address: IPv4Address) {
    for name in options.names where name.address == address {
      names?.setName(Array(name.label.utf8), address: address)
    }
  }

  private func takeQueries(on stack: inout Stack, now: Instant) {
    while let query = names?.nextQuery() { resolver?.ask(query, on: &stack, now: now) }
  }

  // MARK: Forwards

  /// Lets a UDP port of the host lead to a guest's, and returns where it listens.
  func add(_ forward: GatewayForward) throws(SystemError) -> Endpoint {
    let made = try UDPForward(forward, of: self)
    forwards.append(made)
    return made.local
  }

  var forwardedPeerCount: Int { forwards.reduce(0) { $0 + $1.peerCount } }

  // MARK: Owner

  /// Ends everything that was opened.
  func end(on stack: inout Stack, now: Instant) {
    tcp?.end(on: &stack, now: now)
    udp?.end(on: &stack)
    echo?.end(on: &stack)
    resolver?.end()
    for forward in forwards { forward.end(on: &stack) }
    forwards = []
    dhcp?.stop(on: &stack)
    names?.stop(on: &stack, now: now)
    (tcp, udp, echo, resolver, queue) = (nil, nil, nil, nil, [])
  }

  var flows: [GatewayFlowStatus] {
    var flows: [GatewayFlowStatus] = []
    tcp?.list { flows.append($0) }
    udp?.list { flows.append($0) }
    echo?.list { flows.append($0) }
    return flows
  }

  var nameCounters: DNSServerCounters? { names?.counters }
  var leaseCounters: DHCPv4ServerCounters? { dhcp?.counters }

  var leases: [DHCPv4ServerLease] {
    var leases: [DHCPv4ServerLease] = []
    dhcp?.forEachLease { leases.append($0) }
    return leases
  }
}
