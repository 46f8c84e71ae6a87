public import MartletHost
internal import MartletWire

/// Where a service listens or a client connects, in the words that Open vSwitch's tools use.
///
/// | text | meaning |
/// | --- | --- |
/// | `tcp:HOST[:PORT]` | connect over TCP |
/// | `ptcp:[PORT][:HOST]` | listen on TCP: on loopback unless a host is given |
/// | `unix:PATH` | connect to a unix socket |
/// | `punix:PATH` | listen at a unix socket |
/// | `ssl:HOST[:PORT]` | connect over TLS |
/// | `pssl:[PORT][:HOST]` | listen on TLS |
///
/// Hosts are IPv4 addresses in dotted form. Two differences from Open vSwitch, both on the side of
/// caution: a passive target without a host is loopback's alone, and names are not looked up.
public enum Target: Hashable, Sendable {
  /// Connect over TCP.
  case tcp(Endpoint)
  /// Listen on TCP; 0.0.0.0 stands for every address of the host.
  case passiveTCP(Endpoint)
  /// Connect to the unix socket at a path.
  case unix(String)
  /// Listen at a unix socket.
  case passiveUnix(String)
  /// Connect over TLS.
  case tls(Endpoint)
  /// Listen on TLS.
  case passiveTLS(Endpoint)

  /// The port that IANA gave OVSDB (RFC 7047, section 5).
  public static let databasePort: UInt16 = 6640
  /// The port that IANA gave OpenFlow.
  public static let openFlowPort: UInt16 = 6653

  /// Whether others connect to it.
  public var isPassive: Bool {
    switch self {
    case .passiveTCP, .passiveUnix, .passiveTLS: true
    case .tcp, .unix, .tls: false
    }
  }

  /// Whether it stays on this host: a unix socket, or an address of loopback.
  public var isLocal: Bool {
    switch self {
    case .unix, .passiveUnix: true
    case .tcp(let endpoint), .passiveTCP(let endpoint), .tls(let endpoint),
      .passiveTLS(let endpoint):
      endpoint.address.isLoopback
    }
  }

  /// What whoever runs it should know, for the log and for `show`; `nil` when there is nothing.
  public var warning: TargetWarning? {
    switch self {
    case .tcp, .passiveTCP: isLocal ? nil : .plainBeyondLoopback(self)
    case .unix, .passiveUnix, .tls, .passiveTLS: nil
    }
  }
}
