public import MartletWire

extension MACAddress {
  /// A random unicast address that no manufacturer has given out.
  public static func randomLocal() -> Self {
    let random = UInt64.random(in: 0...UInt64.max)
    // The first byte's lowest bits: locally administered, not a group.
    return Self(rawValue: random & 0xFCFF_FFFF_FFFF | 0x0200_0000_0000)
  }
}
