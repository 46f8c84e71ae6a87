/// What travels beside a frame's bytes, in either direction.
///
/// It says what virtio's `virtio_net_hdr` says, so that a frame whose checksum or segmentation was
/// left to hardware can cross a switch, a TAP or a virtual card without being finished on the way.
public struct FrameInfo: Equatable, Sendable, BitwiseCopyable {
  /// Who has computed or verified the transport checksum.
  public var checksum: ChecksumState
  /// Whether the frame stands for several, to be cut at `segmentSize`.
  public var segmentation: Segmentation
  /// The payload bytes of each segment when `segmentation` is not `.none`; otherwise 0.
  public var segmentSize: UInt16
  /// The bytes of all headers before the payload when `segmentation` is not `.none`; otherwise 0.
  public var headerLength: UInt16
  /// Where the checksummed bytes begin, from the frame's start, when `checksum` is `.partial`.
  public var checksumStart: UInt16
  /// Where the checksum field lies, from `checksumStart`, when `checksum` is `.partial`.
  public var checksumOffset: UInt16

  /// A frame without offloads, its checksum not yet looked at.
  @inlinable
  public init(checksum: ChecksumState = .unverified) {
    self.checksum = checksum
    self.segmentation = .none
    self.segmentSize = 0
    self.headerLength = 0
    self.checksumStart = 0
    self.checksumOffset = 0
  }

  /// The state of a frame's transport checksum.
  public enum ChecksumState: UInt8, Sendable, BitwiseCopyable {
    /// Received: nobody has looked. Sent: it is complete in the bytes.
    case unverified
    /// Received: the device, or a trusted sender on this machine, vouches for it.
    case verified
    /// The field holds the pseudo-header's sum alone; the rest is left to who needs it.
    case partial
  }

  /// How a large frame is to be cut.
  public enum Segmentation: UInt8, Sendable, BitwiseCopyable {
    /// It is one frame.
    case none
    /// TCP over IPv4.
    case tcpIPv4
    /// TCP over IPv6.
    case tcpIPv6
    /// UDP (each segment a datagram).
    case udp
  }
}
