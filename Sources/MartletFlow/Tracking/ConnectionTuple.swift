internal import MartletDevice

/// One direction of a connection: what its packets have in common.
///
/// IPv4 addresses lie in the low 32 bits. An ICMP query has its identifier as both ports, and its type
/// besides, so that two hosts that ping each other with one identifier have two connections.
public struct ConnectionTuple: Equatable, Sendable, BitwiseCopyable {
  /// Who sends.
  public var source: UInt128 = 0
  /// Who receives.
  public var destination: UInt128 = 0
  /// The sender's port, or an ICMP query's identifier.
  public var sourcePort: UInt16 = 0
  /// The receiver's port, or an ICMP query's identifier.
  public var destinationPort: UInt16 = 0
  /// The protocol above IP.
  public var ipProtocol: UInt8 = 0
  /// The type of an ICMP query or answer; otherwise 0.
  public var icmpType: UInt8 = 0
  /// Whether the addresses are IPv6's.
  public var isIPv6 = false
  /// The zone: connections of different zones know nothing of each other.
  public var zone: UInt16 = 0

  /// A tuple of zeros.
  public init() {}

  /// The other direction.
  public var inverted: Self {
    var tuple = self
    tuple.source = destination
    tuple.destination = source
    tuple.sourcePort = destinationPort
    tuple.destinationPort = sourcePort
    if ipProtocol == 1 || ipProtocol == 58 { tuple.icmpType = Self.answer(to: icmpType) }
    return tuple
  }

  /// Whether an ICMP type is a query that is answered by another type.
  static func isQuery(_ type: UInt8) -> Bool {
    switch type {
    case 8, 13, 15, 17, 128: true
    default: false
    }
  }

  /// The type that answers a query, or that an answer is for.
  static func answer(to type: UInt8) -> UInt8 {
    switch type {
    case 8: 0
    case 0: 8
    case 13, 15, 17, 128: type &+ 1
    case 14, 16, 18, 129: type &- 1
    default: type
    }
  }

  /// A hash that nobody can aim without the key.
  func hash(_ key: SipHash) -> UInt64 {
    let ports = UInt64(sourcePort) << 48 | UInt64(destinationPort) << 32 | UInt64(zone) << 16
    let rest = ports | UInt64(ipProtocol) << 8 | UInt64(icmpType)
    guard isIPv6 else {
      let addresses =
        UInt64(truncatingIfNeeded: source) << 32 | UInt64(truncatingIfNeeded: destination)
      return key.hash(addresses, rest)
    }
    let first = key.hash(
      UInt64(truncatingIfNeeded: source >> 64), UInt64(truncatingIfNeeded: source),
      UInt64(truncatingIfNeeded: destination >> 64))
    return key.hash(first, UInt64(truncatingIfNeeded: destination), rest)
  }
}
