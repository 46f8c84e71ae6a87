internal import MartletWire

/// What stands before the network's packet.
enum LinkLayer {
  /// What a link header without VLAN tags announces, and where it begins; `nil` when the header is
  /// not whole or of an unknown kind.
  static func network(
    of bytes: RawSpan, _ type: LinkType
  ) -> (etherType: EtherType, offset: Int)? {
    switch type {
    case .ethernet: etherType(in: bytes, at: 12, headerLength: 14)
    case .linuxCooked: etherType(in: bytes, at: 14, headerLength: 16)
    case .linuxCooked2: etherType(in: bytes, at: 0, headerLength: 20)
    case .raw, .ipv4: version(of: bytes, at: 0)
    case .null: bytes.byteCount < 4 ? nil : version(of: bytes, at: 4)
    default: nil
    }
  }

  private static func etherType(
    in bytes: RawSpan, at offset: Int, headerLength: Int
  ) -> (etherType: EtherType, offset: Int)? {
    guard bytes.byteCount >= headerLength else { return nil }
    return (EtherType(rawValue: bytes.load(at: offset)), headerLength)
  }

  private static func version(
    of bytes: RawSpan, at offset: Int
  ) -> (etherType: EtherType, offset: Int)? {
    guard bytes.byteCount > offset else { return nil }
    switch bytes.load(UInt8.self, at: offset) >> 4 {
    case 4: return (.ipv4, offset)
    case 6: return (.ipv6, offset)
    default: return nil
    }
  }
}
