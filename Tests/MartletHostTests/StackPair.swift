import MartletDevice
import MartletStack
import MartletWire

@testable import MartletHost

/// Two stacks on one loop, on an Ethernet segment or, for a tunnel, an IP cable whose server accepts
/// every destination.
struct StackPair {
  let loop: EventLoop
  let client: NetworkStack
  let server: NetworkStack
  let clientInterface: InterfaceID
  let serverInterface: InterfaceID

  static let clientAddress = IPv4Address(10, 0, 0, 1)
  static let serverAddress = IPv4Address(10, 0, 0, 2)

  /// Few enough of everything that a leak is soon a refusal.
  static var configuration: Configuration {
    var configuration = Configuration()
    configuration.blockCount = 1024
    configuration.connectionCount = 8
    configuration.halfOpenCount = 8
    configuration.timeWaitCount = 8
    configuration.listenerCount = 4
    configuration.udpSocketCount = 4
    configuration.echoSocketCount = 2
    configuration.rangeCount = 1024
    return configuration
  }

  init(isTunnel: Bool = false, clientHasAddress: Bool = true) async throws {
    loop = try EventLoop()
    client = NetworkStack(loop: loop, configuration: Self.configuration)
    server = NetworkStack(loop: loop, configuration: Self.configuration)
    if isTunnel {
      let capabilities = DeviceCapabilities(
        medium: .ip, maximumTransmissionUnit: 1500, maximumBurst: 16)
      let link = MemoryLink(capabilities, capabilities)
      // Sound because both ends go to the same thread.
      nonisolated(unsafe) let (end, otherEnd) = (link.first, link.second)
      clientInterface = try await unsafe client.attach(end).interface
      serverInterface =
        try await unsafe server.attach(otherEnd, acceptsAllDestinations: true).interface
      try await client.addRoute(to: IPv4Prefix(.unspecified, length: 0), on: clientInterface)
    } else {
      let segment = SharedSegment()
      clientInterface = try await client.attach(segment.makePort()).interface
      serverInterface = try await server.attach(segment.makePort()).interface
    }
    if clientHasAddress {
      try await client.addAddress(IPv4Prefix(Self.clientAddress, length: 24), on: clientInterface)
    }
    try await server.addAddress(IPv4Prefix(Self.serverAddress, length: 24), on: serverInterface)
  }

  /// A connection, from both sides, and what accepted it.
  func connected() async throws -> (TCPConnection, TCPConnection, TCPListener) {
    let listener = try await server.listen(on: Endpoint(Self.serverAddress, port: 0))
    async let accepted = listener.accept()
    let connection = try await client.connect(to: listener.localEndpoint)
    return (connection, try await accepted, listener)
  }

  /// The tasks, sockets, timers and memory that both stacks hold.
  struct Holdings: Equatable, Sendable {
    var open = 0
    var waiting = 0
    var timers = 0
    var blocks = 0
    var packets = 0
  }

  func holdings() async -> Holdings {
    let loop = loop
    var holdings = Holdings()
    for network in [client, server] {
      let counted = await loop.run { network.driver.socketCount }
      let memory = await network.withStack { stack, _ in stack.memoryUse }
      holdings.open += counted.open
      holdings.waiting += counted.waiting
      holdings.blocks += memory.blockCount
      holdings.packets += memory.packetCount
    }
    holdings.timers = await loop.run { loop.timerCount }
    return holdings
  }

  /// Returns once the holdings are as `expected`; what never comes to be so is a test that ends at
  /// its time limit.
  func settle(_ expected: (Holdings) -> Bool) async {
    while await !expected(holdings()) { await loop.sleep(for: .milliseconds(1)) }
  }
}
