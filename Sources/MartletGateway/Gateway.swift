internal import Glibc
internal import MartletDevice
public import MartletHost
internal import MartletReadiness
public import MartletServices
public import MartletStack
internal import MartletWire

/// A way out for the guests of a virtual network, without any privilege.
///
/// Guests' packets end on a stack of our own and their payload is carried on by ordinary sockets of the
/// host, as its user may open them: TCP, UDP, pings where the host has ping sockets, and names by the
/// host's name servers. The gateway lends addresses, knows the guests' names, and answers on its inside
/// port alone.
///
/// ```swift
/// let network = Gateway.makeNetwork(on: loop)
/// let port = try await network.attach(segment.makePort(), acceptsAllDestinations: true)
/// let options = GatewayOptions(inside: IPv4Prefix(IPv4Address(10, 77, 0, 1), length: 24))
/// let gateway = try await Gateway(options, on: network, interface: port.interface)
/// ```
public actor Gateway {
  /// The stack that it lives on; forwarded ports lead through it.
  public nonisolated let network: NetworkStack
  /// What it is.
  public nonisolated let options: GatewayOptions
  /// Whether guests' pings are carried on; if not, they are answered by an ICMP error.
  public nonisolated let carriesPings: Bool
  private let service: GatewayService
  private var forwarding: [Task<Void, Never>] = []

  /// The loop that runs it.
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe network.loop.asUnownedSerialExecutor()
  }

  /// A stack of a size that suits a gateway: blocks as long as one system call is worth.
  ///
  /// With `routes` it passes packets on between its interfaces.
  public static func makeNetwork(on loop: EventLoop, routes: Bool = false) -> NetworkStack {
    var configuration = Configuration()
    configuration.forwarding = routes
    configuration.blockSize = 16_384
    configuration.blockCount = 4096
    configuration.connectionCount = 4096
    configuration.halfOpenCount = 2048
    configuration.timeWaitCount = 4096
    configuration.neighbourCount = 1024
    return NetworkStack(loop: loop, configuration: configuration)
  }

  /// Opens a gateway on an interface of `network` that was attached with `acceptsAllDestinations` (without,
  /// where the options say that it carries no guests): a port of a segment or of a switch, a TAP, anything that carries Ethernet.
  ///
  /// Gives the interface the gateway's address. Throws `NetworkError.stack` when the stack refuses the
  /// address or a socket; then nothing is left behind but the address.
  public init(
    _ options: GatewayOptions, on network: NetworkStack, interface: InterfaceID
  ) async throws(NetworkError) {
    self.network = network
    self.options = options
    let loop = network.loop
    try await network.addAddress(options.inside, on: interface)
    let made = ServiceBox()
    try await network.addService { (stack, _) throws(StackError) in
      let service = try GatewayService(options, on: interface, of: &stack, loop: loop)
      made.service = service
      return service
    }
    guard let service = made.service else { throw .badState }
    self.service = service
    carriesPings = EchoCarrier.isPermitted
  }

  /// Ends all conversations and closes what was opened.
  public func close() async {
    for task in forwarding { task.cancel() }
    for task in forwarding { await task.value }
    forwarding = []
    let service = service
    await network.withStack { stack, now in service.end(on: &stack, now: now) }
    await network.removeService(service)
  }

  /// Lets a port of the host lead to a guest's until `close`, and returns where the host listens.
  ///
  /// Throws `addressInUse`, `addressNotLocal`, or `system` for a port below 1024 without the right to
  /// it.
  @discardableResult
  public func forward(_ forward: GatewayForward) async throws(NetworkError) -> Endpoint {
    switch forward.kind {
    case .udp:
      do throws(SystemError) {
        return try service.add(forward)
      } catch {
        switch error.code {
        case EADDRINUSE: throw .addressInUse(forward.local)
        case EADDRNOTAVAIL: throw .addressNotLocal(forward.local)
        default: throw .system(error)
        }
      }
    case .tcp:
      let forwarder = try await PortForwarder(
        on: forward.local, to: forward.guest, through: network)
      forwarding.append(Task(executorPreference: network.loop) { await forwarder.run() })
      return forwarder.local
    }
  }

  /// What it has carried so far, and dropped by reason.
  public var counters: GatewayCounters { service.counters }

  /// The conversations under way.
  public var flows: [GatewayFlowStatus] { service.flows }

  /// The addresses that are lent, offered or declined.
  public var leases: [DHCPv4ServerLease] { service.leases }

  /// What its name server has done so far.
  public var nameCounters: DNSServerCounters? { service.nameCounters }

  /// What its DHCP server has done so far.
  public var leaseCounters: DHCPv4ServerCounters? { service.leaseCounters }
}

/// Takes a service out of the closure that makes it, which runs before the call returns.
private final class ServiceBox: @unchecked Sendable {
  var service: GatewayService?
}
