internal import MartletDevice
internal import MartletWire

/// What is known of a neighbour's link address (the states of RFC 4861, section 7.3.2, for ARP).
enum NeighbourState: Equatable, BitwiseCopyable {
  /// The address is being asked for; `tries` requests have gone out.
  case incomplete(tries: UInt8)
  /// The address was confirmed; from `until` on it counts as stale.
  case reachable(MACAddress, until: Instant)
  /// The address was true once.
  case stale(MACAddress)
  /// A stale address is in use, and the transport has a moment to confirm it.
  case delay(MACAddress)
  /// The neighbour is being asked, by name, whether it is still there.
  case probe(MACAddress, tries: UInt8)
  /// Nobody answered; nobody is asked again before `until`.
  case failed(until: Instant)

  /// The link address to send to, if there is one.
  var linkAddress: MACAddress? {
    switch self {
    case .reachable(let address, _), .stale(let address), .delay(let address),
      .probe(let address, _):
      address
    case .incomplete, .failed: nil
    }
  }
}
