import MartletDevice
import MartletGateway
import MartletHost
import MartletHouse
import MartletServices
import MartletStack
import MartletWire

/// The gateway of a house that is up: on the segment, with a control socket as a node has one.
final class RunningGateway: Sendable {
  let gateway: Gateway
  /// What its control socket calls it.
  let controlName: String
  private let server: ControlServer

  /// Plugs the gateway into `segment`.
  init(
    _ plan: GatewayPlan, of house: House, on segment: SharedSegment, loop: EventLoop
  ) async throws {
    guard let options = house.gatewayOptions(plan) else { throw Self.noAddress(in: house) }
    let network = Gateway.makeNetwork(on: loop)
    let captures = CaptureHub(.ethernet, name: "gateway")
    let port = try segment.makePort(linkAddress: MACAddress(ofNode: "", in: house.name))
    let interface = try await network.attach(
      CaptureDevice(port, sink: captures), acceptsAllDestinations: true
    ).interface
    gateway = try await Gateway(options, on: network, interface: interface)
    let start = await network.withStack { _, now in now }
    (server, controlName) = try RunningNode.serve(
      ControlledNode(
        name: "gateway", network: network, captures: captures, start: start, gateway: gateway))
  }

  /// A network of nodes alone has no place for it.
  static func noAddress(in house: House) -> Failure {
    Failure(
      .badData,
      "network \(house.network) has no address left for the gateway or forwarded ports; "
        + "make it larger")
  }

  /// Serves its control socket until the task is cancelled.
  func run() async { await server.run() }

  /// What it does, for a person.
  var text: String {
    let options = gateway.options
    var parts: [String] = []
    if options.dhcp != nil { parts.append("lends addresses") }
    if let domain = options.domain {
      parts.append("names in '\(String(decoding: domain.ascii, as: UTF8.self))'")
    }
    if options.reachesOutside {
      let pings =
        gateway.carriesPings ? "" : " (but pings: net.ipv4.ping_group_range leaves us out)"
      parts.append("leads outside" + pings)
    }
    return "  \(controlName)  \(options.inside.address)  \(parts.joined(separator: ", "))"
  }
}
