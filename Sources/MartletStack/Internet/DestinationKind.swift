/// How a received packet was addressed to this host.
enum DestinationKind: Equatable, BitwiseCopyable {
  /// By one of its addresses, or by any on an interface that accepts all.
  case unicast
  /// To every host of a network.
  case broadcast
  /// To a group that it has joined.
  case multicast
}
