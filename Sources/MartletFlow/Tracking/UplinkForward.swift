public import MartletWire

/// A port of the outer address that leads to a host inside.
public struct UplinkForward: Equatable, Sendable {
  /// TCP or UDP.
  public var ipProtocol: IPProtocol
  /// The ports outside, first and last.
  public var ports: ClosedRange<UInt16>
  /// The host inside.
  public var host: IPv4Address
  /// The port inside of the first of `ports`; the others follow. Ports beyond 65,535 lead nowhere.
  public var hostPort: UInt16

  /// Takes everything.
  public init(
    _ ipProtocol: IPProtocol, ports: ClosedRange<UInt16>, to host: IPv4Address, port: UInt16
  ) {
    self.ipProtocol = ipProtocol
    self.ports = ports
    self.host = host
    hostPort = port
  }

  /// The port inside that a port outside leads to.
  func target(of port: UInt16) -> UInt16? {
    guard ports.contains(port) else { return nil }
    let (target, overflow) = hostPort.addingReportingOverflow(port - ports.lowerBound)
    return overflow ? nil : target
  }
}
