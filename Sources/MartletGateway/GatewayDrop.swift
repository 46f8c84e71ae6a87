/// Why a guest's packet or conversation went no further. Each has a counter.
public enum GatewayDrop: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  /// From an address that is not of the inside network.
  case foreignSource
  /// To the gateway itself, where nothing answers.
  case gatewayItself
  /// To a neighbour, which needs no gateway.
  case insideDestination
  /// To the host's loopback, which is not allowed.
  case hostLoopback
  /// To another address of the host, which is not allowed.
  case hostAddress
  /// To 169.254.0.0/16, which is not allowed.
  case linkLocal
  /// To a network that is refused.
  case refusedNetwork
  /// To an address that is no host's.
  case badDestination
  /// Reaching the outside is off.
  case outsideOff
  /// All guests together have as many as they may.
  case limit
  /// This guest has as many as it may.
  case guestLimit
  /// The process has no descriptor left.
  case descriptors
  /// The host's kernel refused a socket or a way for another reason.
  case hostFailure
  /// The destination refused the connection.
  case refused
  /// The destination cannot be reached.
  case unreachable
  /// The connection was not made in time.
  case connectTime
  /// The guest asked for a connection and did not complete it.
  case abandoned
  /// It was idle for too long.
  case idle
  /// A datagram for which the host had no room.
  case hostQueueFull
  /// A datagram for a guest for which there was no room.
  case insideQueueFull
  /// A datagram longer than the way takes.
  case tooLong
  /// The host permits no ping sockets to this user.
  case pingNotPermitted
}
