import MartletDevice
import MartletServices
import MartletStack
import MartletWire

/// A stack with a DHCP server and a name server on one cable with a stack that a test speaks by.
struct ServerLab: ~Copyable {
  var client: Stack
  var server: Stack
  let clientInterface: InterfaceID
  let serverInterface: InterfaceID
  var dhcp: DHCPv4Server
  var dns: DNSServer
  var now = Instant(milliseconds: 1000)
  private var clientDevice: MemoryLink.End
  private var serverDevice: MemoryLink.End
  private var dhcpSocket: UDPHandle

  static let serverAddress = IPv4Address(192, 168, 7, 1)
  static let network = IPv4Prefix(serverAddress, length: 24)

  init(
    dhcp options: DHCPv4ServerOptions = DHCPv4ServerOptions(server: network),
    dns dnsOptions: DNSServerOptions = DNSServerOptions(server: network)
  ) throws {
    var configuration = Configuration()
    configuration.blockCount = 256
    configuration.connectionCount = 64
    configuration.halfOpenCount = 64
    configuration.timeWaitCount = 8
    configuration.rangeCount = 64
    configuration.udpSocketCount = 8
    var client = Stack(configuration: configuration, seed: Seed(high: 1, low: 1))
    var server = Stack(configuration: configuration, seed: Seed(high: 1, low: 2))
    func capabilities(_ last: UInt8) -> DeviceCapabilities {
      DeviceCapabilities(
        medium: .ethernet, maximumTransmissionUnit: 1500,
        linkAddress: MACAddress(2, 0, 0, 0, 0, last), maximumBurst: 16)
    }
    let link = MemoryLink(capabilities(1), capabilities(2))
    let here = try client.addInterface(link.first.capabilities)
    let there = try server.addInterface(link.second.capabilities)
    try server.addAddress(Self.network, on: there)
    let socket = try client.openUDP(on: Endpoint(.unspecified, port: 68))
    var udp = try client.options(of: socket)
    udp.broadcast = true
    udp.multicastInterface = here
    try client.setOptions(udp, of: socket)
    var dhcp = DHCPv4Server(interface: there, options: options)
    var dns = DNSServer(options: dnsOptions)
    try dhcp.start(on: &server)
    try dns.start(on: &server)
    clientInterface = here
    serverInterface = there
    dhcpSocket = socket
    self.dhcp = dhcp
    self.dns = dns
    self.client = client
    self.server = server
    clientDevice = link.first
    serverDevice = link.second
    settle()
  }

  /// Gives the client an address without asking anybody.
  mutating func addClientAddress(_ last: UInt8 = 50) throws {
    try client.addAddress(
      IPv4Prefix(IPv4Address(192, 168, 7, last), length: 24), on: clientInterface)
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
      while let event = server.nextEvent() {
        if !dhcp.handle(event, on: &server, now: now) {
          _ = dns.handle(event, on: &server, now: now)
        }
      }
      dhcp.poll(now: now)
      dns.poll(on: &server, now: now)
      let hasWork = client.hasWork(on: clientInterface) || server.hasWork(on: serverInterface)
      if count == 0, !hasWork, clientDevice.waitingCount + serverDevice.waitingCount == 0 { return }
    }
  }

  /// Lets time pass, deadline by deadline.
  mutating func run(for interval: Interval) {
    let end = now + interval
    settle()
    while let next = nextDeadline, next <= end {
      now = max(next, now)
      settle()
      if let next = nextDeadline, next <= now { now = now + .microseconds(1) }
    }
    now = max(now, end)
    settle()
  }

  private var nextDeadline: Instant? {
    [client.nextDeadline, server.nextDeadline, dhcp.nextDeadline, dns.nextDeadline]
      .compactMap { $0 }.min()
  }

  // MARK: DHCP

  /// What a DHCP client of a test says.
  struct Ask {
    var type: DHCPv4MessageType
    var card: UInt8 = 1
    var clientAddress = IPv4Address.unspecified
    var wanted: IPv4Address?
    var server: IPv4Address?
    var identifier: [UInt8] = []
    var name: [UInt8] = []
    var relay = IPv4Address.unspecified
    var parameters: [DHCPv4OptionCode] = []
  }

  /// What the server answered.
  struct Answer: Equatable {
    var type: DHCPv4MessageType
    var address: IPv4Address
    var mask: IPv4Address?
    var router: IPv4Address?
    var nameServer: IPv4Address?
    var seconds: UInt32?
    var mtu: UInt16?
    var domain: [UInt8] = []
    var name: [UInt8] = []
  }

  /// Says it, and returns what came back.
  mutating func ask(_ ask: Ask) throws -> Answer? {
    var header = DHCPv4Header(
      isRequest: true, transactionID: 7, clientMAC: MACAddress(2, 0, 0, 0, 9, ask.card))
    header.clientAddress = ask.clientAddress
    header.relayAddress = ask.relay
    var buffer = TestBuffer()
    let message = try buffer.build { span in
      var builder = try DHCPv4Builder(header, type: ask.type, into: &span)
      if let wanted = ask.wanted { try builder.append(.requestedAddress, wanted) }
      if let server = ask.server { try builder.append(.serverIdentifier, server) }
      if !ask.identifier.isEmpty {
        try unsafe builder.append(.clientIdentifier, ask.identifier.span.bytes)
      }
      if !ask.name.isEmpty { try unsafe builder.append(.hostName, ask.name.span.bytes) }
      if !ask.parameters.isEmpty { try builder.appendParameterRequestList(ask.parameters) }
      return try builder.finish()
    }
    send(
      message, to: Endpoint(.broadcast, port: 67), on: dhcpSocket, of: &client, now: now)
    settle()
    guard let (bytes, _) = receive(from: dhcpSocket, of: &client) else { return nil }
    let view = try unsafe DHCPv4View(parsing: bytes.span.bytes)
    guard let type = view.messageType else { return nil }
    var answer = Answer(type: type, address: view.yourAddress)
    answer.mask = view.subnetMask
    answer.router = view.routers.first
    answer.nameServer = view.domainNameServers.first
    answer.seconds = view.leaseSeconds
    answer.mtu = view.interfaceMTU
    if let domain = view.domainName { answer.domain = Self.array(domain) }
    if let name = view.hostName { answer.name = Self.array(name) }
    return answer
  }

  /// Gets an address as a client does; `nil` where it is refused or nobody answers.
  mutating func lend(
    card: UInt8, wanted: IPv4Address? = nil, name: [UInt8] = []
  ) throws -> IPv4Address? {
    guard let offer = try ask(Ask(type: .discover, card: card, wanted: wanted)) else { return nil }
    let answer = try ask(
      Ask(
        type: .request, card: card, wanted: offer.address, server: Self.serverAddress, name: name))
    return answer?.type == .acknowledge ? answer?.address : nil
  }

  /// What the DHCP server has had to say.
  mutating func news() -> [DHCPv4ServerNews] {
    var news: [DHCPv4ServerNews] = []
    while let item = dhcp.nextNews() { news.append(item) }
    return news
  }

  // MARK: DNS

  /// What a name server said.
  struct Reply: Equatable {
    var code: DNSResponseCode
    var isAuthoritative = false
    var isTruncated = false
    var addresses: [IPv4Address] = []
    var names: [String] = []
  }

  /// A question as a message.
  static func question(
    _ name: String, _ type: DNSRecordType, recursionDesired: Bool = true
  ) throws -> [UInt8] {
    var buffer = TestBuffer()
    return try buffer.build { span in
      var header = DNSHeader.query(identifier: 0x1234)
      header.recursionDesired = recursionDesired
      var builder = try DNSBuilder(header, into: &span)
      try unsafe builder.appendQuestion(Array(name.utf8).span.bytes, type: type)
      return builder.length
    }
  }

  /// The question that the owner is to answer.
  mutating func forwarded() throws -> DNSForward {
    guard let query = dns.nextQuery() else { throw WireError.badField }
    return query
  }

  /// Sends a message by UDP and returns the socket.
  mutating func query(_ message: [UInt8]) throws -> UDPHandle {
    let socket = try client.openUDP()
    send(
      message, to: Endpoint(Self.serverAddress, port: 53), on: socket, of: &client, now: now)
    settle()
    return socket
  }

  /// What came back, and closes the socket.
  mutating func reply(_ socket: UDPHandle) throws -> Reply? {
    defer { client.close(socket) }
    guard let (bytes, _) = receive(from: socket, of: &client) else { return nil }
    return try Self.reply(bytes)
  }

  mutating func resolve(_ name: String, _ type: DNSRecordType = .a) throws -> Reply? {
    let socket = try query(Self.question(name, type))
    return try reply(socket)
  }

  static func reply(_ bytes: [UInt8]) throws -> Reply {
    var reader = try unsafe DNSReader(bytes.span.bytes)
    var reply = Reply(code: reader.header.responseCode)
    reply.isAuthoritative = reader.header.isAuthoritative
    reply.isTruncated = reader.header.isTruncated
    guard reader.header.identifier == 0x1234, reader.header.isResponse else {
      throw WireError.badField
    }
    while let record = try reader.nextRecord() {
      if let address = record.address { reply.addresses.append(address) }
      if record.type == .ptr {
        var buffer = TestBuffer()
        let target = try record.target()
        let text = try buffer.build { span in try target.writeText(into: &span) }
        reply.names.append(String(decoding: text, as: UTF8.self))
      }
    }
    return reply
  }

  private static func array(_ bytes: RawSpan) -> [UInt8] {
    (0..<bytes.byteCount).map { bytes.load(UInt8.self, at: $0) }
  }
}
