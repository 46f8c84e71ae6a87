public import MartletDevice
public import MartletStack
internal import MartletWire

/// A DHCP server (RFC 2131) for the network that one interface of a stack is on.
///
/// It is the network's only server and acts so: a client that comes back with an address which is
/// free gets it, one that comes with a wrong address is refused at once, and neither waits for a
/// silence to end. Leases are a table in memory of `DHCPv4ServerOptions.leaseLimit` entries; one that
/// has run out is kept for its client until the address is needed.
///
/// It does no input or output and reads no clock: its owner passes on the stack's events, calls `poll`
/// at `nextDeadline`, and takes `nextNews`.
public struct DHCPv4Server: ~Copyable {
  /// How long an offer is kept for its client.
  static var offerTime: Interval { .seconds(30) }
  /// How long an address that another host was found to use is not lent.
  static var declineTime: Interval { .seconds(600) }

  /// The interface.
  public let interface: InterfaceID
  /// What it lends.
  public let options: DHCPv4ServerOptions
  /// What it has done so far.
  public internal(set) var counters = DHCPv4ServerCounters()
  var leases: [DHCPv4ServerLease] = []
  private var socket: UDPHandle?
  private var news: [DHCPv4ServerNews] = []
  private var buffer = ByteBuffer(count: 1500)
  private var answer = ByteBuffer(count: 1500)

  /// Makes a server for an Ethernet interface that has the address `options.server`.
  public init(interface: InterfaceID, options: DHCPv4ServerOptions) {
    self.interface = interface
    self.options = options
    leases.reserveCapacity(max(1, options.leaseLimit))
  }

  /// Opens port 67 on the interface. Throws what `Stack.openUDP` does.
  public mutating func start(on stack: inout Stack) throws(StackError) {
    guard socket == nil else { return }
    let socket = try stack.openUDP(on: Endpoint(.unspecified, port: 67), interface: interface)
    do throws(StackError) {
      var udp = try stack.options(of: socket)
      udp.broadcast = true
      udp.multicastInterface = interface
      try stack.setOptions(udp, of: socket)
    } catch {
      stack.close(socket)
      throw error
    }
    self.socket = socket
  }

  /// Closes the port. Leases stay in the table.
  public mutating func stop(on stack: inout Stack) {
    if let socket { stack.close(socket) }
    socket = nil
  }

  /// Takes what has happened; `nil` when all is told.
  public mutating func nextNews() -> DHCPv4ServerNews? { news.isEmpty ? nil : news.removeFirst() }

  /// Shows `body` every address that is lent, offered or declined.
  public func forEachLease(_ body: (DHCPv4ServerLease) -> Void) {
    for lease in leases where lease.state != .free { body(lease) }
  }

  // MARK: Time

  /// When `poll` is next needed; `nil` while no lease runs.
  public var nextDeadline: Instant? {
    var deadline: Instant?
    for lease in leases where lease.state != .free {
      deadline = min(deadline ?? lease.expiry, lease.expiry)
    }
    return deadline
  }

  /// Ends what has run out.
  public mutating func poll(now: Instant) {
    for index in leases.indices where leases[index].state != .free && leases[index].expiry <= now {
      let wasBound = leases[index].state == .bound
      leases[index].state = .free
      if wasBound { tell(.ended(leases[index])) }
    }
  }

  mutating func tell(_ item: DHCPv4ServerNews) {
    // Its owner looks after every call: more than this are an owner's who does not.
    guard news.count < 2 * max(1, options.leaseLimit) else { return }
    news.append(item)
  }

  // MARK: Messages

  /// Takes an event of a socket; false when it is not this server's.
  public mutating func handle(
    _ event: SocketEvent, on stack: inout Stack, now: Instant
  ) -> Bool {
    guard case .udp(let handle, _) = event, handle == socket else { return false }
    poll(now: now)
    while receiveMessage(from: handle, on: &stack, now: now) {}
    return true
  }

  private mutating func receiveMessage(
    from socket: UDPHandle, on stack: inout Stack, now: Instant
  ) -> Bool {
    var bytes = buffer.mutableBytes
    guard let datagram = try? stack.receive(from: socket, into: &bytes) else { return false }
    let destination = datagram.destination.address
    // An interface that accepts every destination brings what is meant for other servers, too.
    guard destination == options.server.address || !destination.isUnicast else { return true }
    guard let message = read(min(datagram.length, buffer.count)) else {
      counters.malformed &+= 1
      return true
    }
    guard message.header.relayAddress.isUnspecified else {
      counters.relayed &+= 1
      return true
    }
    guard let reply = reply(to: message, now: now) else { return true }
    send(reply, to: message, by: socket, on: &stack, now: now)
    return true
  }

  private func read(_ length: Int) -> DHCPv4Request? {
    guard let view = try? DHCPv4View(parsing: buffer.bytes.extracting(0..<length)) else {
      return nil
    }
    return DHCPv4Request(view)
  }

  private mutating func send(
    _ reply: DHCPv4Reply, to request: DHCPv4Request, by socket: UDPHandle, on stack: inout Stack,
    now: Instant
  ) {
    // RFC 2131, section 4.1: to an address the client has, otherwise to all, as the stack cannot
    // send to one that answers no ARP yet. A refusal is for who may have a wrong address.
    let client = request.header.clientAddress
    let isDirect = !client.isUnspecified && reply.type != .refuse
    let options = options
    do throws(StackError) {
      var span = answer.mutableBytes
      guard let length = try? reply.emit(options, answering: request, into: &span) else { return }
      try stack.send(
        answer.bytes.extracting(0..<length),
        to: Endpoint(isDirect ? client : .broadcast, port: 68), on: socket, now: now)
      switch reply.type {
      case .offer: counters.offers &+= 1
      case .refuse: counters.refusals &+= 1
      default: counters.acknowledgments &+= 1
      }
    } catch {
      counters.unsent &+= 1
    }
  }
}
