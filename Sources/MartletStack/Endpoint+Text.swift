internal import MartletWire

extension Endpoint: CustomStringConvertible {
  /// As `192.0.2.1:80`.
  public var description: String { "\(address):\(port)" }
}
