internal import MartletDevice
public import MartletWire

extension Stack {
  /// Sends packets for `destination` through a router. The default route is `0.0.0.0/0`.
  ///
  /// Throws `gatewayUnreachable` when the router lies in no attached network, or is this host;
  /// `tableFull`. A route that is there already is no error.
  public mutating func addRoute(
    to destination: IPv4Prefix, via gateway: IPv4Address
  ) throws(StackError) {
    guard gateway.isUnicast, addresses.find(gateway) == nil, let interface = attached(gateway)
    else { throw .gatewayUnreachable(gateway) }
    let network = IPv4Prefix(destination.network, length: destination.length)
    try insert(RouteEntry(prefix: network, gateway: gateway, interface: interface))
  }

  /// Sends packets for `destination` to its hosts themselves, on an interface's link.
  ///
  /// Throws `noSuchInterface`, `tableFull`.
  public mutating func addRoute(
    to destination: IPv4Prefix, on id: InterfaceID
  ) throws(StackError) {
    let interface = try index(of: id)
    let network = IPv4Prefix(destination.network, length: destination.length)
    try insert(RouteEntry(prefix: network, interface: interface))
  }

  /// Removes every route to just this destination, or the one through `gateway`; false when there
  /// was none.
  @discardableResult
  public mutating func removeRoute(
    to destination: IPv4Prefix, via gateway: IPv4Address? = nil
  ) -> Bool {
    let network = IPv4Prefix(destination.network, length: destination.length)
    return routes.removeAll {
      $0.prefix == network && (gateway == nil || $0.gateway == gateway)
    } > 0
  }

  /// The address that packets to `destination` leave with; `nil` without a route to it.
  public func sourceAddress(to destination: IPv4Address) -> IPv4Address? {
    route(to: destination, from: nil, on: nil)?.source
  }

  /// The longest packet, in bytes, that the way to `destination` takes as far as is known; `nil`
  /// without a route to it.
  public func pathMTU(to destination: IPv4Address) -> Int? {
    guard let route = route(to: destination, from: nil, on: nil) else { return nil }
    return pathMTU(to: destination, on: route.interface)
  }

  private mutating func insert(_ entry: RouteEntry) throws(StackError) {
    guard !routes.contains(entry) else { return }
    guard !routes.isFull else { throw .tableFull(.routes) }
    routes.insert(entry)
  }

  /// The interface whose link a host is on by the addresses and on-link routes.
  private func attached(_ host: IPv4Address) -> Int? {
    for index in 0..<routes.count where routes[index].isOnLink {
      if routes[index].prefix.contains(host) { return routes[index].interface }
    }
    return nil
  }

  /// The way to a destination; `nil` when there is none.
  ///
  /// `source` is the address to send from, if that is settled; `interface` restricts the search.
  func route(
    to destination: IPv4Address, from source: IPv4Address?, on interface: Int?
  ) -> Route? {
    if destination.isBroadcast || destination.isMulticast {
      return groupRoute(to: destination, from: source, on: interface)
    }
    if addresses.isLocal(destination) {
      guard let loopback else { return nil }
      return Route(interface: loopback, nextHop: destination, source: source ?? destination)
    }
    guard let entry = routes.find(destination, on: interface) else {
      return tunnelRoute(to: destination, from: source, on: interface)
    }
    let nextHop = entry.isOnLink ? destination : entry.gateway
    guard let from = source ?? addresses.source(for: nextHop, on: entry.interface) else {
      return nil
    }
    return Route(interface: entry.interface, nextHop: nextHop, source: from)
  }

  /// Groups and the limited broadcast need an interface, not a next hop: the caller's, the one
  /// that owns the source, that of the default route, or the first that has an address.
  private func groupRoute(
    to destination: IPv4Address, from source: IPv4Address?, on interface: Int?
  ) -> Route? {
    var chosen = interface
    if chosen == nil, let source, let place = addresses.find(source) {
      chosen = addresses[place].interface
    }
    chosen = chosen ?? routes.find(destination, on: nil)?.interface
    if chosen == nil {
      for index in 0..<addresses.count where !addresses[index].address.isLoopback {
        chosen = addresses[index].interface
        break
      }
    }
    guard let chosen else { return nil }
    // A host that has no address yet sends from 0.0.0.0: that is how DHCP starts.
    let from = source ?? addresses.source(for: destination, on: chosen) ?? .unspecified
    return Route(interface: chosen, nextHop: destination, source: from)
  }

  /// Without a route, a tunnel that accepts every destination takes back the answers to what it
  /// brought in: at its other end are all hosts.
  private func tunnelRoute(
    to destination: IPv4Address, from source: IPv4Address?, on interface: Int?
  ) -> Route? {
    guard let source else { return nil }
    for index in 0..<interfaces.highWater where interfaces.isUsed(index) {
      if let interface, interface != index { continue }
      guard interfaces[index].acceptsAllDestinations,
        interfaces[index].capabilities.medium == .ip
      else { continue }
      return Route(interface: index, nextHop: destination, source: source)
    }
    return nil
  }
}
