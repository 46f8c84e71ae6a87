/// The header of a VXLAN packet, to compare, to build and to write (RFC 7348, section 5).
public struct VXLANHeader: Equatable, Sendable, BitwiseCopyable {
  /// The bytes of the header.
  @inlinable public static var length: Int { 8 }
  /// The VXLAN Network Identifier, 0 to 0xFFFFFF.
  public let networkIdentifier: UInt32

  /// Takes the low 24 bits of `networkIdentifier`.
  @inlinable
  public init(networkIdentifier: UInt32) {
    self.networkIdentifier = networkIdentifier & 0xFF_FFFF
  }

  /// The header of a packet seen in place.
  @inlinable
  public init(_ view: borrowing VXLANView) {
    self.init(networkIdentifier: view.networkIdentifier)
  }

  /// Writes the header to the start of `bytes`; throws `truncated` when it does not fit.
  @_lifetime(bytes: copy bytes)
  @inlinable
  public func emit(into bytes: inout MutableRawSpan) throws(WireError) {
    guard bytes.byteCount >= 8 else { throw .truncated(needed: 8, available: bytes.byteCount) }
    bytes.store(UInt32(0x0800_0000), at: 0)
    bytes.store(networkIdentifier << 8, at: 4)
  }
}
