public import MartletDevice
public import MartletWire

/// How a DHCP client asks.
public struct DHCPv4ClientOptions: Sendable {
  /// The name that the server may give its name service; ASCII, up to 63 bytes, empty for none.
  public var hostName: [UInt8] = []
  /// The address of an earlier life, asked for first (INIT-REBOOT, RFC 2131, section 3.2).
  public var previousAddress: IPv4Address?
  /// Whether the address is probed for by ARP before it is used (RFC 2131, section 2.2; RFC 5227),
  /// which takes 4 to 7 s.
  public var checksAddress = true
  /// The longest random wait before the first message. RFC 2131, section 4.4.1, asks for 10 s
  /// where many hosts are switched on together.
  public var startSpread = Interval.zero

  /// No name, no earlier address, at once, with a check.
  public init() {}
}
