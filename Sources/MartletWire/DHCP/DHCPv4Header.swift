/// The fixed fields of a DHCP message, to compare, to build and to write (RFC 2131, section 2).
public struct DHCPv4Header: Equatable, Sendable, BitwiseCopyable {
  /// The bytes of the fields, the cookie included.
  @inlinable public static var length: Int { 240 }
  static var cookie: UInt32 { 0x6382_5363 }

  /// Whether a client sends it (BOOTREQUEST) and not a server.
  public var isRequest: Bool
  /// xid: which exchange it belongs to.
  public var transactionID: UInt32
  /// secs: since when the client tries, in seconds.
  public var secondsElapsed: UInt16 = 0
  /// Whether the client asks for the answer by broadcast, as it cannot receive unicast yet.
  public var wantsBroadcast = false
  /// ciaddr: the address that the client already uses.
  public var clientAddress = IPv4Address.unspecified
  /// yiaddr: the address that the server gives.
  public var yourAddress = IPv4Address.unspecified
  /// siaddr: the server to boot from.
  public var bootServer = IPv4Address.unspecified
  /// giaddr: the relay.
  public var relayAddress = IPv4Address.unspecified
  /// chaddr.
  public var clientMAC: MACAddress

  /// Takes the fields that every message needs.
  public init(isRequest: Bool, transactionID: UInt32, clientMAC: MACAddress) {
    self.isRequest = isRequest
    self.transactionID = transactionID
    self.clientMAC = clientMAC
  }

  /// The fields of a message seen in place; a client address of another kind than Ethernet's is
  /// read as zero.
  public init(_ view: borrowing DHCPv4View) {
    self.init(
      isRequest: view.isRequest, transactionID: view.transactionID,
      clientMAC: view.clientMAC ?? .zero)
    secondsElapsed = view.secondsElapsed
    wantsBroadcast = view.wantsBroadcast
    clientAddress = view.clientAddress
    yourAddress = view.yourAddress
    bootServer = view.bootServer
    relayAddress = view.relayAddress
  }

  /// Writes the fields and the cookie to the start of `bytes`; throws `truncated` when they do not
  /// fit. Options follow by `DHCPv4Builder`.
  @_lifetime(bytes: copy bytes)
  public func emit(into bytes: inout MutableRawSpan) throws(WireError) {
    guard bytes.byteCount >= 240 else {
      throw .truncated(needed: 240, available: bytes.byteCount)
    }
    bytes.zero(0..<236)
    bytes.store(isRequest ? 0x0101_0600 : 0x0201_0600 as UInt32, at: 0)
    bytes.store(transactionID, at: 4)
    bytes.store(secondsElapsed, at: 8)
    bytes.store(wantsBroadcast ? 0x8000 : 0 as UInt16, at: 10)
    bytes.store(clientAddress, at: 12)
    bytes.store(yourAddress, at: 16)
    bytes.store(bootServer, at: 20)
    bytes.store(relayAddress, at: 24)
    bytes.store(clientMAC, at: 28)
    bytes.store(Self.cookie, at: 236)
  }
}
