import MartletDevice
import MartletServices
import MartletStack
import MartletWire

/// A client with a DHCP client and a resolver, and a server, on one cable in virtual time.
struct Lab: ~Copyable {
  var client: Stack
  var server: Stack
  let clientInterface: InterfaceID
  let serverInterface: InterfaceID
  var dhcp: DHCPv4Client
  var resolver = DNSResolver()
  var now = Instant(milliseconds: 1000)
  var dhcpServer: DHCPServerModel?
  var nameServer: NameServerModel?
  private var clientDevice: MemoryLink.End
  private var serverDevice: MemoryLink.End

  static let clientMAC = MACAddress(2, 0, 0, 0, 0, 1)
  static let serverAddress = IPv4Address(192, 168, 7, 1)

  init(_ options: DHCPv4ClientOptions = DHCPv4ClientOptions(), seed: UInt64 = 1) throws {
    var configuration = Configuration()
    configuration.blockCount = 256
    configuration.connectionCount = 8
    configuration.halfOpenCount = 8
    configuration.timeWaitCount = 8
    configuration.rangeCount = 64
    // Few, so that one that is not closed is soon missed.
    configuration.udpSocketCount = 4
    var client = Stack(configuration: configuration, seed: Seed(high: seed, low: 1))
    var server = Stack(configuration: configuration, seed: Seed(high: seed, low: 2))
    func capabilities(_ mac: MACAddress) -> DeviceCapabilities {
      DeviceCapabilities(
        medium: .ethernet, maximumTransmissionUnit: 1500, linkAddress: mac, maximumBurst: 16)
    }
    let link = MemoryLink(
      capabilities(Self.clientMAC), capabilities(MACAddress(2, 0, 0, 0, 0, 2)))
    let here = try client.addInterface(link.first.capabilities)
    let there = try server.addInterface(link.second.capabilities)
    try server.addAddress(IPv4Prefix(Self.serverAddress, length: 24), on: there)
    clientInterface = here
    serverInterface = there
    dhcp = DHCPv4Client(
      interface: here, linkAddress: Self.clientMAC, options: options)
    self.client = client
    self.server = server
    clientDevice = link.first
    serverDevice = link.second
  }

  /// Gives the client an address without asking anybody.
  mutating func addClientAddress() throws {
    try client.addAddress(
      IPv4Prefix(IPv4Address(192, 168, 7, 50), length: 24), on: clientInterface)
  }

  mutating func startDHCP(_ model: DHCPServerModel = DHCPServerModel()) throws {
    dhcpServer = model
    try dhcpServer?.open(on: &server, serverInterface)
    try dhcp.start(on: &client, now: now)
    settle()
  }

  /// Moves what there is to move at this instant.
  mutating func settle() {
    for _ in 0..<1000 {
      client.poll(now: now)
      server.poll(now: now)
      let count =
        client.service(&clientDevice, as: clientInterface, now: now)
        + server.service(&serverDevice, as: serverInterface, now: now)
      dispatch()
      let hasWork = client.hasWork(on: clientInterface) || server.hasWork(on: serverInterface)
      if count == 0, !hasWork, clientDevice.waitingCount + serverDevice.waitingCount == 0 { return }
    }
  }

  private mutating func dispatch() {
    while let event = client.nextStackEvent() { dhcp.handle(event, on: &client, now: now) }
    while let event = client.nextEvent() {
      if !dhcp.handle(event, on: &client, now: now) {
        _ = resolver.handle(event, on: &client, now: now)
      }
    }
    dhcp.poll(on: &client, now: now)
    resolver.poll(on: &client, now: now)
    while let event = server.nextEvent() {
      dhcpServer?.handle(event, on: &server, now: now)
      nameServer?.handle(event, on: &server, now: now)
    }
  }

  /// Lets time pass, deadline by deadline.
  mutating func run(for interval: Interval) {
    let end = now + interval
    settle()
    while let next = nextDeadline, next <= end {
      now = max(next, now)
      settle()
      // A deadline that stays would spin.
      if let next = nextDeadline, next <= now { now = now + .microseconds(1) }
    }
    now = max(now, end)
    settle()
  }

  private var nextDeadline: Instant? {
    [client.nextDeadline, server.nextDeadline, dhcp.nextDeadline, resolver.nextDeadline]
      .compactMap { $0 }.min()
  }

  /// The client's addresses in use.
  var addresses: [IPv4Prefix] {
    var addresses: [IPv4Prefix] = []
    client.forEachAddress(on: clientInterface) { addresses.append($0) }
    return addresses
  }

  /// What the DHCP client has had to say.
  mutating func news() -> [DHCPv4News] {
    var news: [DHCPv4News] = []
    while let item = dhcp.nextNews() { news.append(item) }
    return news
  }

  /// Asks for a name, lets `interval` pass and returns what was found.
  mutating func resolve(
    _ name: String, within interval: Interval = .seconds(60)
  ) throws -> DNSAnswer.Outcome? {
    guard let name = DomainName(ascii: name.utf8) else { return nil }
    let id = try resolver.resolve(name, on: &client, now: now)
    run(for: interval)
    guard let answer = resolver.nextAnswer(), answer.query == id else { return nil }
    return answer.outcome
  }
}

/// Room for messages.
struct TestBuffer: ~Copyable {
  var array = [UInt8](repeating: 0, count: 4096)

  /// Fills by `body`, which returns the length.
  mutating func build(_ body: (inout MutableRawSpan) throws -> Int) rethrows -> [UInt8] {
    var span = array.mutableSpan
    var bytes = unsafe span.mutableBytes
    let length = try body(&bytes)
    return Array(array[0..<length])
  }
}

/// Receives a datagram.
func receive(
  from socket: UDPHandle, of stack: inout Stack
) -> (bytes: [UInt8], datagram: ReceivedDatagram)? {
  var buffer = TestBuffer()
  var received: ReceivedDatagram?
  let bytes = buffer.build { span in
    received = try? stack.receive(from: socket, into: &span)
    return received?.length ?? 0
  }
  return received.map { (bytes, $0) }
}

func send(
  _ bytes: [UInt8], to peer: Endpoint, on socket: UDPHandle, of stack: inout Stack, now: Instant
) {
  try? unsafe stack.send(bytes.span.bytes, to: peer, on: socket, now: now)
}
