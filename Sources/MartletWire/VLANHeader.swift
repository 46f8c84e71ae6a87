/// A VLAN tag with the EtherType behind it, to compare, to build and to write.
public struct VLANHeader: Equatable, Sendable, BitwiseCopyable {
  /// The bytes of the header.
  @inlinable public static var length: Int { 4 }
  /// The network and the priority.
  public var tag: VLANTag
  /// What the tagged frame carries.
  public var etherType: EtherType

  /// Takes both fields.
  @inlinable
  public init(tag: VLANTag, etherType: EtherType) {
    self.tag = tag
    self.etherType = etherType
  }

  /// The header of a tag seen in place.
  @inlinable
  public init(_ view: borrowing VLANView) {
    self.init(tag: view.tag, etherType: view.etherType)
  }

  /// Writes the header to the start of `bytes`, which lie behind the 14 bytes of an
  /// `EthernetHeader`; throws `truncated` when it does not fit.
  @_lifetime(bytes: copy bytes)
  @inlinable
  public func emit(into bytes: inout MutableRawSpan) throws(WireError) {
    guard bytes.byteCount >= 4 else { throw .truncated(needed: 4, available: bytes.byteCount) }
    bytes.store(tag.rawValue, at: 0)
    bytes.store(etherType.rawValue, at: 2)
  }
}
