public import MartletWire

/// Where a device's node takes connections.
public struct DeviceAddress: Equatable, Hashable, Sendable, CustomStringConvertible {
  /// The node's address.
  public var address: IPv4Address
  /// Its TCP port.
  public var port: UInt16

  /// Takes both.
  public init(_ address: IPv4Address, port: UInt16) {
    self.address = address
    self.port = port
  }

  /// As in `10.0.0.5:242`.
  public var description: String { "\(address):\(port)" }
}
