package import MartletGateway
package import MartletHouse
internal import MartletServices
internal import MartletStack
package import MartletWire

extension GatewayPlan {
  /// What a gateway is told of its plan, at this address of the inside. Whether guests are carried, and
  /// which addresses others have, is the caller's.
  package func options(inside: IPv4Prefix) -> GatewayOptions {
    var options = GatewayOptions(inside: inside)
    options.domain = DomainName(ascii: domain.utf8)
    for allowance in allowances {
      switch allowance {
      case .loopback: options.policy.allowsHostLoopback = true
      case .host: options.policy.allowsHostAddresses = true
      case .linkLocal: options.policy.allowsLinkLocal = true
      }
    }
    options.policy.refused = refused
    if !nameServers.isEmpty { options.nameServers = nameServers.map { Endpoint($0, port: 53) } }
    options.dhcp = lendsAddresses ? leaseOptions(inside) : nil
    return options
  }

  private func leaseOptions(_ inside: IPv4Prefix) -> DHCPv4ServerOptions {
    var options = DHCPv4ServerOptions(server: inside)
    options.domain = Array(domain.utf8)
    options.fixedLeases = leases.map {
      .init(
        linkAddress: $0.linkAddress, address: $0.address,
        name: Array(($0.name ?? "").lowercased().utf8))
    }
    if let pool {
      options.poolStart = IPv4Address(rawValue: pool.lowerBound)
      options.poolEnd = IPv4Address(rawValue: pool.upperBound)
    }
    return options
  }
}
