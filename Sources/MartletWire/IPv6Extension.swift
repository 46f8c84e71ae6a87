/// An extension header of IPv6 seen in place (RFC 8200, section 4).
public struct IPv6Extension: ~Escapable {
  /// Which header it is.
  public let kind: IPProtocol
  /// What follows it.
  public let nextHeader: IPProtocol
  /// Its bytes, the first of which names the next header.
  public let bytes: RawSpan

  @_lifetime(copy bytes)
  @inlinable
  init(kind: IPProtocol, nextHeader: IPProtocol, bytes: RawSpan) {
    self.kind = kind
    self.nextHeader = nextHeader
    self.bytes = bytes
  }

  /// Fragment header: where the piece lies in the packet's fragmentable part, in bytes; 0 for any
  /// other.
  @inlinable public var fragmentOffset: Int {
    kind == .fragment ? Int(bytes.load(UInt16.self, at: 2) & 0xFFF8) : 0
  }
  /// Fragment header: whether more pieces follow.
  @inlinable public var moreFragments: Bool {
    kind == .fragment && bytes.load(UInt16.self, at: 2) & 1 != 0
  }
  /// Fragment header: whose pieces belong together; 0 for any other.
  @inlinable public var identification: UInt32 {
    kind == .fragment ? bytes.load(at: 4) : 0
  }
}
