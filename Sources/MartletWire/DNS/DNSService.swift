/// Where a service is, without the name of the host (RFC 2782).
public struct DNSService: Equatable, Sendable, BitwiseCopyable {
  /// Lower ones are tried first.
  public var priority: UInt16
  /// The share among those of one priority.
  public var weight: UInt16
  /// The port.
  public var port: UInt16

  /// Takes the three fields.
  public init(priority: UInt16, weight: UInt16, port: UInt16) {
    self.priority = priority
    self.weight = weight
    self.port = port
  }
}
