internal import MartletWire

/// A SYN that a listener's owner is asked about before it is answered.
public struct ConnectionRequest: Equatable, Sendable, BitwiseCopyable {
  /// Who wants to connect.
  public let source: Endpoint
  /// Where to: on an interface that accepts every destination, any address.
  public let destination: Endpoint
  let index: UInt32
  let generation: UInt32
}
