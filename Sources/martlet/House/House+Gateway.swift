import MartletGateway
import MartletHouse
import MartletServices
import MartletSwitch
import MartletWire

extension House {
  /// The gateway's options, from the house's plan of it.
  func gatewayOptions(_ plan: GatewayPlan) -> GatewayOptions? {
    guard let address = plan.address ?? doorAddress else { return nil }
    var options = plan.options(inside: IPv4Prefix(address, length: network.length))
    options.names = nodes.map { GatewayOptions.Name($0.name, $0.address) }
    options.reachesOutside = plan.reachesOutside
    // The host's kernel has its address without asking.
    options.dhcp?.reserved =
      nodes.map(\.address) + [hostAddress] + (hasDevices ? [hubAddress].compactMap { $0 } : [])
    return options
  }

  /// The address of a node, or of a card with a named lease.
  func address(of name: String) -> IPv4Address? {
    nodes.first { $0.name == name }?.address
      ?? gateway?.leases.first { $0.name == name }?.address
  }
}
