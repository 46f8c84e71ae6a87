/// A VLAN tag and what it tags, seen in place: the payload of a frame whose EtherType is `.vlan`
/// or `.serviceVLAN`, or of another such view when tags are stacked.
public struct VLANView: ~Escapable {
  /// The bytes of the tag and of the EtherType behind it.
  @inlinable public static var headerLength: Int { 4 }
  @usableFromInline let bytes: RawSpan

  /// Checks that tag and EtherType are there; throws `truncated`.
  @_lifetime(copy bytes)
  @inlinable
  public init(parsing bytes: RawSpan) throws(WireError) {
    guard bytes.byteCount >= 4 else { throw .truncated(needed: 4, available: bytes.byteCount) }
    self.bytes = bytes
  }

  /// The network and the priority.
  @inlinable public var tag: VLANTag { VLANTag(rawValue: bytes.load(at: 0)) }
  /// What the tagged frame carries.
  @inlinable public var etherType: EtherType { EtherType(rawValue: bytes.load(at: 2)) }
  /// What follows the tag, padding included.
  @inlinable public var payload: RawSpan {
    @_lifetime(copy self) get { bytes.extracting(4..<bytes.byteCount) }
  }
}
