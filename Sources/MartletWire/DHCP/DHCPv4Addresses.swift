/// The addresses in a DHCP option, seen in place.
public struct DHCPv4Addresses: ~Escapable {
  private let bytes: RawSpan

  /// Reads as many whole addresses as there are.
  @_lifetime(copy bytes)
  init(_ bytes: RawSpan) { self.bytes = bytes }

  /// How many there are, 0 to 63.
  public var count: Int { bytes.byteCount / 4 }
  /// The first, which the server prefers.
  public var first: IPv4Address? { count > 0 ? self[0] : nil }
  /// The address at `index`; traps at `count` and beyond.
  public subscript(index: Int) -> IPv4Address { bytes.loadIPv4Address(at: index &* 4) }
}
