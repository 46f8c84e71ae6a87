/// The header of an Ethernet II frame, to compare, to build and to write.
public struct EthernetHeader: Equatable, Sendable, BitwiseCopyable {
  /// The bytes of the header.
  @inlinable public static var length: Int { 14 }
  /// Whom the frame is for.
  public var destination: MACAddress
  /// Who sends it.
  public var source: MACAddress
  /// What it carries.
  public var etherType: EtherType

  /// Takes the three fields.
  @inlinable
  public init(destination: MACAddress, source: MACAddress, etherType: EtherType) {
    self.destination = destination
    self.source = source
    self.etherType = etherType
  }

  /// The header of a frame seen in place.
  @inlinable
  public init(_ view: borrowing EthernetView) {
    self.init(destination: view.destination, source: view.source, etherType: view.etherType)
  }

  /// Writes the header to the start of `bytes`; throws `truncated` when it does not fit.
  @_lifetime(bytes: copy bytes)
  @inlinable
  public func emit(into bytes: inout MutableRawSpan) throws(WireError) {
    guard bytes.byteCount >= 14 else {
      throw .truncated(needed: 14, available: bytes.byteCount)
    }
    bytes.store(destination, at: 0)
    bytes.store(source, at: 6)
    bytes.store(etherType.rawValue, at: 12)
  }
}
