public import MartletWire

/// An IPv4 address and a port of TCP or UDP.
public struct Endpoint: Hashable, Sendable, CustomStringConvertible {
  /// The address; `.unspecified` where a socket listens at all of its host's.
  public var address: IPv4Address
  /// The port; 0 where one is to be chosen.
  public var port: UInt16

  /// An address and a port.
  public init(_ address: IPv4Address, _ port: UInt16) {
    self.address = address
    self.port = port
  }

  /// As `192.0.2.1:80`.
  public var description: String {
    let bytes = (0..<4).map { String(address.rawValue >> (24 - 8 * UInt32($0)) & 255) }
    return "\(bytes.joined(separator: ".")):\(port)"
  }
}
