/// A DHCP message seen in place (RFC 2131, section 2).
public struct DHCPv4View: ~Escapable {
  /// The bytes of a message without options, the cookie included.
  @inlinable public static var minimumLength: Int { 240 }
  let bytes: RawSpan

  /// Checks length and cookie; throws `truncated`, or `badField` when the message is plain BOOTP.
  @_lifetime(copy bytes)
  public init(parsing bytes: RawSpan) throws(WireError) {
    guard bytes.byteCount >= 240 else {
      throw .truncated(needed: 240, available: bytes.byteCount)
    }
    guard bytes.load(UInt32.self, at: 236) == DHCPv4Header.cookie else { throw .badField }
    self.bytes = bytes
  }

  /// Whether a client sent it (BOOTREQUEST) and not a server.
  public var isRequest: Bool { bytes.load(UInt8.self, at: 0) == 1 }
  /// How many relays it went through.
  public var hops: UInt8 { bytes.load(at: 3) }
  /// xid: which exchange it belongs to.
  public var transactionID: UInt32 { bytes.load(at: 4) }
  /// secs: since when the client tries, in seconds.
  public var secondsElapsed: UInt16 { bytes.load(at: 8) }
  /// Whether the client asks for the answer by broadcast, as it cannot receive unicast yet.
  public var wantsBroadcast: Bool { bytes.load(UInt8.self, at: 10) & 0x80 != 0 }
  /// ciaddr: the address that the client already uses.
  public var clientAddress: IPv4Address { bytes.loadIPv4Address(at: 12) }
  /// yiaddr: the address that the server gives.
  public var yourAddress: IPv4Address { bytes.loadIPv4Address(at: 16) }
  /// siaddr: the server to boot from.
  public var bootServer: IPv4Address { bytes.loadIPv4Address(at: 20) }
  /// giaddr: the relay.
  public var relayAddress: IPv4Address { bytes.loadIPv4Address(at: 24) }
  /// chaddr, when it is an Ethernet address.
  public var clientMAC: MACAddress? {
    bytes.load(UInt16.self, at: 1) == 0x0106 ? bytes.loadMACAddress(at: 28) : nil
  }

  /// All options, those in overloaded fields included.
  public var options: DHCPv4OptionIterator {
    @_lifetime(copy self) get { DHCPv4OptionIterator(bytes) }
  }

  /// The value of the first option `code`.
  ///
  /// An option of more than 255 bytes, which comes in several parts (RFC 3396), is seen as its
  /// first part only.
  @_lifetime(copy self)
  public func option(_ code: DHCPv4OptionCode) -> RawSpan? {
    var options = options
    while let option = options.next() {
      if option.code == code { return option.data }
    }
    return nil
  }
}
