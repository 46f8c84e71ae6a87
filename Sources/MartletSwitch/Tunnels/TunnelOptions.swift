public import MartletWire

/// How a tunnel port reaches its other end.
public struct TunnelOptions: Equatable, Sendable {
  /// The other end; `nil` leaves it to the flows (`remote_ip=flow`).
  public var remote: IPv4Address?
  /// The address to receive at and send from; `nil` for whichever the host's routes choose.
  public var local: IPv4Address?
  /// The key (GRE) or network identifier (VXLAN).
  public var key: Key = .absent
  /// Whether GRE packets carry a checksum.
  public var hasChecksum = false
  /// Whether GRE packets carry a sequence number.
  public var hasSequenceNumber = false
  /// Whether DF is set outside.
  public var dontFragment = true
  /// The hops outside.
  public var timeToLive: UInt8 = 64
  /// The UDP port of VXLAN.
  public var destinationPort: UInt16 = 4789
  /// Whether TCP openings are held to what fits.
  public var clampsSegments = true
  /// Whether what does not fit is answered by ICMP.
  public var answersTooBig = true
  /// The inner MTU in bytes; `nil` for what the path leaves.
  public var maximumTransmissionUnit: Int?

  /// A tunnel to `remote`.
  public init(remote: IPv4Address?) { self.remote = remote }

  /// What tells a tunnel from others between the same hosts.
  public enum Key: Equatable, Sendable {
    /// None is sent, none accepted.
    case absent
    /// This one.
    case value(UInt32)
    /// Whatever the flows say, in `tun_id`.
    case flow
  }
}
