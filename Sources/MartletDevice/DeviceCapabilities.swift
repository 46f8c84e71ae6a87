public import MartletWire

/// What a device can do, fixed while it is attached.
public struct DeviceCapabilities: Equatable, Sendable, BitwiseCopyable {
  /// What its frames begin with.
  public var medium: Medium
  /// The longest IP packet, in bytes, the link's own header not counted.
  public var maximumTransmissionUnit: Int
  /// The card's own address; zero on a medium without addresses. On Ethernet every card needs one of
  /// its own: a stack takes frames from its own address for an echo of what it sent.
  public var linkAddress: MACAddress
  /// What it does on behalf of a sender or receiver.
  public var offloads: Offloads
  /// The longest frame it takes for segmentation, headers included; 0 without that offload.
  public var maximumSegmentedLength: Int
  /// The most slots that one reservation may yield; at least 1.
  public var maximumBurst: Int

  /// Describes a device; without more it has no offload and one slot at a time.
  public init(
    medium: Medium, maximumTransmissionUnit: Int, linkAddress: MACAddress = .zero,
    offloads: Offloads = [], maximumSegmentedLength: Int = 0, maximumBurst: Int = 1
  ) {
    self.medium = medium
    self.maximumTransmissionUnit = maximumTransmissionUnit
    self.linkAddress = linkAddress
    self.offloads = offloads
    self.maximumSegmentedLength = maximumSegmentedLength
    self.maximumBurst = maximumBurst
  }

  /// The longest frame in bytes, whole or to be segmented: an Ethernet header is counted with room
  /// for two VLAN tags.
  @inlinable public var maximumFrameLength: Int {
    max(maximumTransmissionUnit + (medium == .ethernet ? 22 : 0), maximumSegmentedLength)
  }

  /// What a device's frames begin with.
  public enum Medium: UInt8, Sendable, BitwiseCopyable {
    /// An Ethernet II header; neighbours are found by ARP.
    case ethernet
    /// An IP header at once (TUN, a packet tunnel, loopback).
    case ip
  }

  /// What a device does on behalf of its user.
  public struct Offloads: OptionSet, Sendable, BitwiseCopyable {
    /// The bits.
    public let rawValue: UInt8
    /// Takes the bits.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// It completes TCP and UDP checksums marked `.partial`.
    @inlinable public static var transmitChecksum: Self { Self(rawValue: 1) }
    /// It may report received frames as `.verified` or `.partial`.
    @inlinable public static var receiveChecksum: Self { Self(rawValue: 2) }
    /// It cuts large TCP segments over IPv4.
    @inlinable public static var segmentTCPv4: Self { Self(rawValue: 4) }
    /// It may hand over several TCP segments merged into one frame.
    @inlinable public static var coalesceTCPv4: Self { Self(rawValue: 8) }
    /// It cuts large TCP segments over IPv6.
    @inlinable public static var segmentTCPv6: Self { Self(rawValue: 16) }
    /// It cuts large UDP datagrams, each segment a datagram.
    @inlinable public static var segmentUDP: Self { Self(rawValue: 32) }

    /// Whether a frame with this left undone may be sent as it is.
    @inlinable public func allow(_ info: FrameInfo) -> Bool {
      let cutting: Self =
        switch info.segmentation {
        case .none: []
        case .tcpIPv4: .segmentTCPv4
        case .tcpIPv6: .segmentTCPv6
        case .udp: .segmentUDP
        }
      return isSuperset(of: cutting)
        && (info.checksum != .partial || contains(.transmitChecksum))
    }
  }
}
