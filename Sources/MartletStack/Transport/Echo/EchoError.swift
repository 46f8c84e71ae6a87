public import MartletWire

/// What became of an echo request that was not answered.
public struct EchoError: Equatable, Sendable, BitwiseCopyable {
  /// Why it was not delivered.
  public let reason: EndReason
  /// Who says so: a router on the way, the host itself, or this host when the neighbour is silent.
  public let sender: IPv4Address
  /// The sequence number of the request.
  public let sequence: UInt16
  /// Whether its time to live ran out at `sender`, which is how a way is traced.
  public let isTimeExceeded: Bool
}
