public import MartletWire

/// An address with a port: one end of a transport's conversation.
public struct Endpoint: Equatable, Hashable, Sendable, BitwiseCopyable {
  /// The host's address.
  public var address: IPv4Address
  /// The port, in the machine's byte order.
  public var port: UInt16

  /// Takes an address and a port.
  @inlinable
  public init(_ address: IPv4Address, port: UInt16) {
    self.address = address
    self.port = port
  }

  /// Nobody: what stands where an end is not settled.
  static var none: Self { Self(.unspecified, port: 0) }
}
