public import MartletWire

/// What is known of one neighbour at one moment.
public struct NeighbourStatus: Sendable, BitwiseCopyable {
  /// The neighbour's address.
  public let address: IPv4Address
  /// The interface whose link it is on.
  public let interface: InterfaceID
  /// Its link address; `nil` while it is asked for or when it has not answered.
  public let linkAddress: MACAddress?
  /// How sure that is.
  public let condition: Condition

  /// The states of RFC 4861, section 7.3.2, for ARP.
  public enum Condition: UInt8, Sendable, BitwiseCopyable {
    /// It is being asked for its address.
    case incomplete
    /// The address was confirmed of late.
    case reachable
    /// The address was true once.
    case stale
    /// A stale address in use, about to be asked about.
    case delay
    /// It is being asked whether it is still there.
    case probe
    /// It did not answer.
    case failed
  }
}

extension NeighbourState {
  var condition: NeighbourStatus.Condition {
    switch self {
    case .incomplete: .incomplete
    case .reachable: .reachable
    case .stale: .stale
    case .delay: .delay
    case .probe: .probe
    case .failed: .failed
    }
  }
}
