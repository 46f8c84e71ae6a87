import MartletDevice
import MartletHost
import MartletStack
import MartletWire

@testable import MartletGateway

/// A guest and a gateway on a segment in memory, and servers on the host's own loopback, which the
/// gateway's address leads to.
struct GatewayLab {
  let loop: EventLoop
  let kernel: KernelNetwork
  let guest: NetworkStack
  let guestInterface: InterfaceID
  let gateway: Gateway

  static let inside = IPv4Prefix(IPv4Address(10, 99, 0, 1), length: 24)
  static let guestAddress = IPv4Address(10, 99, 0, 2)

  init(
    hasAddress: Bool = true, _ change: (inout GatewayOptions) -> Void = { _ in }
  ) async throws {
    var options = GatewayOptions(inside: Self.inside)
    options.policy.allowsHostLoopback = true
    options.nameServers = []
    change(&options)
    loop = try EventLoop()
    kernel = KernelNetwork(loop: loop)
    let segment = SharedSegment()
    let network = Gateway.makeNetwork(on: loop)
    let port = try await network.attach(segment.makePort(), acceptsAllDestinations: true)
    gateway = try await Gateway(options, on: network, interface: port.interface)
    guest = NetworkStack(loop: loop)
    guestInterface = try await guest.attach(segment.makePort()).interface
    guard hasAddress else { return }
    try await guest.addAddress(
      IPv4Prefix(Self.guestAddress, length: 24), on: guestInterface)
    try await guest.addGateway(Self.inside.address)
  }

  /// Where the guest finds what listens at a port of the host's loopback.
  func outside(_ endpoint: Endpoint) -> Endpoint {
    Endpoint(Self.inside.address, port: endpoint.port)
  }

  /// A server on the host.
  func listen() async throws -> KernelListener {
    try await kernel.listen(on: Endpoint(.loopback, port: 0))
  }

  /// A connection from the guest to a server on the host, from both sides.
  func connected() async throws -> (guest: TCPConnection, host: KernelConnection) {
    let listener = try await listen()
    let connection = try await guest.connect(to: outside(listener.localEndpoint))
    let accepted = try await listener.accept()
    await listener.close()
    return (connection, accepted)
  }

  /// A counter once it has begun to move and stands still again.
  func whenStill(_ counter: (GatewayCounters) -> UInt64) async -> UInt64 {
    var last: UInt64 = 0
    while true {
      let now = counter(await gateway.counters)
      if now == last, now > 0 { return now }
      last = now
      await loop.sleep(for: .milliseconds(300))
    }
  }

  /// Waits until the gateway carries nothing more; what never ends is a test that ends at its time
  /// limit.
  func settle() async {
    while await !gateway.flows.filter({ $0.kind == .tcp }).isEmpty {
      await loop.sleep(for: .milliseconds(2))
    }
  }
}

extension StreamConnection {
  /// All that the peer sends, to its end.
  func readAll() async throws(NetworkError) -> [UInt8] {
    var all: [UInt8] = []
    while true {
      let bytes = try await read()
      if bytes.isEmpty { return all }
      all += bytes
    }
  }

  /// Whether the connection ends otherwise than in order, once all that comes was read.
  func isBrokenOff() async -> Bool {
    do {
      _ = try await readAll()
      return false
    } catch {
      return true
    }
  }
}

/// Bytes that differ from place to place.
func pattern(_ count: Int, _ salt: Int = 0) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: ($0 &+ salt) &* 31 &+ ($0 &+ salt) >> 8) }
}
