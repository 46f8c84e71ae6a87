internal import MartletWire

/// The way to a destination, as one lookup found it.
struct Route: Equatable, BitwiseCopyable {
  /// The interface to leave by.
  let interface: Int
  /// The host on that interface's link to hand the packet to.
  let nextHop: IPv4Address
  /// The address to send from.
  let source: IPv4Address
}
