import MartletGateway
import MartletHouse
import MartletServices
import MartletStack
import MartletWire

extension House {
  /// The gateway's options, from the house's plan of it.
  func gatewayOptions(_ plan: GatewayPlan) -> GatewayOptions? {
    guard let address = plan.address ?? doorAddress else { return nil }
    let inside = IPv4Prefix(address, length: network.length)
    var options = GatewayOptions(inside: inside)
    options.domain = DomainName(ascii: plan.domain.utf8)
    options.names = nodes.map { GatewayOptions.Name($0.name, $0.address) }
    options.reachesOutside = plan.reachesOutside
    for allowance in plan.allowances {
      switch allowance {
      case .loopback: options.policy.allowsHostLoopback = true
      case .host: options.policy.allowsHostAddresses = true
      case .linkLocal: options.policy.allowsLinkLocal = true
      }
    }
    options.policy.refused = plan.refused
    if !plan.nameServers.isEmpty {
      options.nameServers = plan.nameServers.map { Endpoint($0, port: 53) }
    }
    options.dhcp = plan.lendsAddresses ? leaseOptions(plan, inside) : nil
    return options
  }

  private func leaseOptions(_ plan: GatewayPlan, _ inside: IPv4Prefix) -> DHCPv4ServerOptions {
    var options = DHCPv4ServerOptions(server: inside)
    options.domain = Array(plan.domain.utf8)
    // The host's kernel has its address without asking.
    options.reserved =
      nodes.map(\.address) + [hostAddress] + (hasDevices ? [hubAddress].compactMap { $0 } : [])
    options.fixedLeases = plan.leases.map {
      .init(
        linkAddress: $0.linkAddress, address: $0.address,
        name: Array(($0.name ?? "").lowercased().utf8))
    }
    if let pool = plan.pool {
      options.poolStart = IPv4Address(rawValue: pool.lowerBound)
      options.poolEnd = IPv4Address(rawValue: pool.upperBound)
    }
    return options
  }

  /// The address of a node, or of a card with a named lease.
  func address(of name: String) -> IPv4Address? {
    nodes.first { $0.name == name }?.address
      ?? gateway?.leases.first { $0.name == name }?.address
  }
}
