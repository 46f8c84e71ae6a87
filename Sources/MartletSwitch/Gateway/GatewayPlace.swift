internal import MartletFlow
internal import MartletHost
internal import MartletWire

/// A gateway that is to run, and where it is plugged in.
struct GatewayPlace: Sendable {
  /// The port's name.
  var name: String
  /// What it is to be.
  var options: GatewayPortOptions
  /// The cable of its own port.
  var inside: SharedSegment
  /// Its Ethernet address there.
  var insideLink: MACAddress
  /// The cable of the port that it leads outside by; `nil` where there is none.
  var outside: SharedSegment?
  /// Its Ethernet address there.
  var outsideLink: MACAddress

  /// Whether a gateway at another place can go on here.
  func isSame(as other: Self) -> Bool {
    name == other.name && options == other.options && inside === other.inside
      && outside === other.outside && insideLink == other.insideLink
      && outsideLink == other.outsideLink
  }
}

extension SwitchEngine {
  /// The gateways that the configuration asks for and whose ports are there.
  var gatewayPlaces: [GatewayPlace] {
    let ports = bridges.flatMap(\.ports)
    return ports.compactMap { port in
      guard case .gateway(let options) = port.configuration.kind,
        let link = port.link as? InProcessLink
      else { return nil }
      let uplink = ports.first { other in
        other.name == options.uplink && other.configuration.kind == .memory
      }
      return GatewayPlace(
        name: port.name, options: options, inside: link.cable, insideLink: port.neighbourAddress,
        outside: (uplink?.link as? InProcessLink)?.cable,
        outsideLink: uplink?.neighbourAddress ?? port.neighbourAddress)
    }
  }
}

extension SwitchPort {
  /// The Ethernet address of what the switch itself plugs into this port: the same after a restart.
  fileprivate var neighbourAddress: MACAddress {
    let mixed = (bridge.configuration.datapathID &* 0x9E37_79B9_7F4A_7C15) >> 40
    return MACAddress(
      rawValue: 0x0600_0000_0000 | (mixed & 0xFF_FFFF) << 16 | UInt64(number.rawValue & 0xFFFF))
  }
}
