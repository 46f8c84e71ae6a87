/// What a gateway has carried so far, and dropped by reason.
public struct GatewayCounters: Equatable, Sendable {
  /// TCP connections made.
  public internal(set) var connections: UInt64 = 0
  /// TCP connections that one side broke off.
  public internal(set) var resets: UInt64 = 0
  /// UDP conversations begun.
  public internal(set) var datagramFlows: UInt64 = 0
  /// Pings begun.
  public internal(set) var echoFlows: UInt64 = 0
  /// Payload from guests to the outside, in bytes.
  public internal(set) var outOctets: UInt64 = 0
  /// Payload from the outside to guests, in bytes.
  public internal(set) var inOctets: UInt64 = 0
  /// Questions that the host's name servers answered.
  public internal(set) var namesAnswered: UInt64 = 0
  /// Questions that they did not.
  public internal(set) var namesFailed: UInt64 = 0
  private var drops = [UInt64](repeating: 0, count: GatewayDrop.allCases.count)

  /// Nothing yet.
  public init() {}

  /// How often something went no further for a reason.
  public subscript(reason: GatewayDrop) -> UInt64 { drops[Int(reason.rawValue)] }

  mutating func drop(_ reason: GatewayDrop) { drops[Int(reason.rawValue)] &+= 1 }
}
