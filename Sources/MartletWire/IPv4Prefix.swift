/// An address with the length of its network part: `192.0.2.1/24`.
public struct IPv4Prefix: Equatable, Hashable, Sendable, BitwiseCopyable {
  /// The address as given, host bits included.
  public let address: IPv4Address
  /// The number of network bits, 0 to 32.
  public let length: UInt8

  /// Takes an address and a length of 0 to 32; a longer one becomes 32.
  @inlinable
  public init(_ address: IPv4Address, length: UInt8) {
    self.address = address
    self.length = min(length, 32)
  }

  /// The network bits set, the host bits clear.
  @inlinable public var mask: UInt32 { length == 0 ? 0 : ~UInt32(0) << (32 - UInt32(length)) }
  /// The address with its host bits clear.
  @inlinable public var network: IPv4Address { IPv4Address(rawValue: address.rawValue & mask) }
  /// The subnet's directed broadcast; `nil` for /31 and /32, which have none (RFC 3021).
  @inlinable public var broadcast: IPv4Address? {
    length >= 31 ? nil : IPv4Address(rawValue: address.rawValue | ~mask)
  }

  /// Whether `other` lies in this network.
  @inlinable
  public func contains(_ other: IPv4Address) -> Bool {
    (other.rawValue ^ address.rawValue) & mask == 0
  }
}
