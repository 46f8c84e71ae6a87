public import MartletDevice

/// One packet of a capture file.
public struct CapturedPacket: Equatable, Sendable {
  /// When it was seen; `nil` in a pcapng simple packet block, which does not say.
  public var time: CaptureTime?
  /// What its bytes begin with.
  public var linkType: LinkType
  /// The number of the interface in its section of the file; 0 in a pcap file.
  public var interface: Int
  /// Which way it went, when the file says so.
  public var direction: FrameDirection?
  /// Its length on the wire in bytes, which may be more than was kept.
  public var originalLength: Int
  /// What was kept of it.
  public var bytes: [UInt8]

  /// Describes a packet; without `originalLength` it was kept whole.
  public init(
    _ bytes: [UInt8], time: CaptureTime?, linkType: LinkType = .ethernet, interface: Int = 0,
    direction: FrameDirection? = nil, originalLength: Int? = nil
  ) {
    self.time = time
    self.linkType = linkType
    self.interface = interface
    self.direction = direction
    self.originalLength = originalLength ?? bytes.count
    self.bytes = bytes
  }

  /// Whether it was kept from its first byte to its last.
  public var isWhole: Bool { bytes.count >= originalLength }
}
