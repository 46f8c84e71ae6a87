public import MartletDevice
public import MartletWire

/// What a DHCP server has lent.
public struct DHCPv4Lease: Equatable, Sendable {
  /// The address, with the length of its network.
  public internal(set) var address: IPv4Prefix
  /// Who lent it.
  public internal(set) var server: IPv4Address
  /// The ways out: the default route, or those of RFC 3442, which replace it.
  public internal(set) var routes: [DHCPv4RouteIterator.Route] = []
  /// The name servers, the preferred first; at most 4.
  public internal(set) var nameServers: [IPv4Address] = []
  /// The longest IP packet of the link in bytes, if the server says.
  public internal(set) var maximumTransmissionUnit: Int?
  /// T1: when it is renewed.
  public internal(set) var renewal: Instant
  /// T2: when any server is asked to extend it.
  public internal(set) var rebinding: Instant
  /// When it ends; `distantFuture` when never.
  public internal(set) var expiry: Instant

  /// Reads an acknowledgment of a request that was sent at `time`; `nil` when it lacks what a lease
  /// needs, or is for less than ten seconds, within which nothing could be renewed.
  init?(_ message: borrowing DHCPv4View, requestedAt time: Instant) {
    guard let server = message.serverIdentifier, let seconds = message.leaseSeconds,
      seconds >= 10, message.yourAddress.isUnicast
    else { return nil }
    let own = message.yourAddress
    address = IPv4Prefix(own, length: message.prefixLength ?? Self.classLength(of: own))
    self.server = server
    if seconds == .max {
      (renewal, rebinding, expiry) = (.distantFuture, .distantFuture, .distantFuture)
    } else {
      // RFC 2131, section 4.4.5: half of the time, and seven eighths of it, unless the server says
      // otherwise and its times are in order.
      let length = Int64(seconds)
      let second = message.rebindingSeconds.map(Int64.init) ?? length * 7 / 8
      let rebinding = (1...length).contains(second) ? second : length * 7 / 8
      let first = message.renewalSeconds.map(Int64.init) ?? length / 2
      let renewal = (1...rebinding).contains(first) ? first : rebinding / 2
      self.renewal = time + .seconds(renewal)
      self.rebinding = time + .seconds(rebinding)
      expiry = time + .seconds(length)
    }
    maximumTransmissionUnit = message.interfaceMTU.map(Int.init)
    readRoutes(message)
    let servers = message.domainNameServers
    for index in 0..<min(servers.count, 4) where servers[index].isUnicast {
      nameServers.append(servers[index])
    }
  }

  private mutating func readRoutes(_ message: borrowing DHCPv4View) {
    if var classless = message.classlessRoutes {
      while let route = classless.next(), routes.count < 16 { routes.append(route) }
    } else if let router = message.routers.first {
      routes.append(
        DHCPv4RouteIterator.Route(
          destination: IPv4Prefix(.unspecified, length: 0), router: router))
    }
  }

  /// The length that an address had before there were masks (RFC 791).
  private static func classLength(of address: IPv4Address) -> UInt8 {
    switch address.rawValue >> 30 {
    case 0, 1: 8
    case 2: 16
    default: 24
    }
  }
}
