import MartletWire

/// Ethernet addresses for what is plugged into ports: the same for a port each time, another for
/// each.
enum StationAddress {
  static func make(bridge: UInt64, port: UInt16) -> MACAddress {
    let mixed = (bridge &* 0x9E37_79B9_7F4A_7C15) >> 40
    return MACAddress(rawValue: 0x0200_0000_0000 | (mixed & 0xFF_FFFF) << 16 | UInt64(port))
  }
}
