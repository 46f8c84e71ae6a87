internal import MartletStack
internal import MartletWire

/// Where a guest's conversation really goes, or why nowhere.
enum Destination: Equatable {
  case host(Endpoint)
  case refused(GatewayDrop, EndReason)
}

extension GatewayOptions {
  /// What becomes of a guest's conversation with `destination`.
  func way(from guest: Endpoint, to destination: Endpoint) -> Destination {
    let address = destination.address
    guard inside.contains(guest.address) else { return .refused(.foreignSource, .prohibited) }
    guard reachesOutside else { return .refused(.outsideOff, .prohibited) }
    if address == inside.address {
      // A gateway that has nothing there says so as a host does.
      guard policy.allowsHostLoopback else { return .refused(.gatewayItself, .portUnreachable) }
      return .host(Endpoint(.loopback, port: destination.port))
    }
    if inside.contains(address) { return .refused(.insideDestination, .hostUnreachable) }
    guard address.isUnicast, destination.port != 0 || guest.port == 0 else {
      return .refused(.badDestination, .prohibited)
    }
    if address.isLoopback { return .refused(.hostLoopback, .prohibited) }
    if address.isLinkLocal, !policy.allowsLinkLocal { return .refused(.linkLocal, .prohibited) }
    if policy.refused.contains(where: { $0.contains(address) }) {
      return .refused(.refusedNetwork, .prohibited)
    }
    if !policy.allowsHostAddresses, HostAddressProbe.isOwn(address) {
      return .refused(.hostAddress, .prohibited)
    }
    return .host(destination)
  }
}
