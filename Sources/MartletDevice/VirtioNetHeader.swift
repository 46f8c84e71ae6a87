internal import MartletWire

/// The header that virtio cards, TUN, TAP and packet sockets put before a frame whose checksum or
/// segmentation is left to whoever comes next: `struct virtio_net_hdr` (virtio 1.2, 5.1.6).
///
/// Little-endian, which is the byte order of virtio and of every machine that this is built for.
public struct VirtioNetHeader: Equatable, Sendable {
  /// Its bytes. A virtio card has two more behind them: the number of buffers.
  public static var length: Int { 10 }

  private static var needsChecksum: UInt8 { 1 }
  private static var dataIsValid: UInt8 { 2 }
  /// Set in the type when the first segment alone carries CWR (RFC 3168): not asked for, so masked.
  private static var congestionBit: UInt8 { 0x80 }

  var flags: UInt8 = 0
  var type: UInt8 = 0
  var headerLength: UInt16 = 0
  var segmentSize: UInt16 = 0
  var checksumStart: UInt16 = 0
  var checksumOffset: UInt16 = 0

  /// What a frame to be sent needs to have done to it.
  public init(_ info: FrameInfo) {
    if info.checksum == .partial {
      flags = Self.needsChecksum
      checksumStart = info.checksumStart
      checksumOffset = info.checksumOffset
    }
    switch info.segmentation {
    case .none: return
    case .tcpIPv4: type = 1
    case .tcpIPv6: type = 4
    case .udp: type = 5
    }
    headerLength = info.headerLength
    segmentSize = info.segmentSize
  }

  /// Reads what came before a frame; `bytes` hold at least `length`.
  public init(_ bytes: RawSpan) {
    flags = bytes.load(at: 0)
    type = bytes.load(at: 1)
    headerLength = bytes.loadLittleEndian(at: 2)
    segmentSize = bytes.loadLittleEndian(at: 4)
    checksumStart = bytes.loadLittleEndian(at: 6)
    checksumOffset = bytes.loadLittleEndian(at: 8)
  }

  /// Writes itself into at least `length` bytes.
  @_lifetime(bytes: copy bytes)
  public func emit(into bytes: inout MutableRawSpan) {
    bytes.store(flags, at: 0)
    bytes.store(type, at: 1)
    bytes.store(headerLength.byteSwapped, at: 2)
    bytes.store(segmentSize.byteSwapped, at: 4)
    bytes.store(checksumStart.byteSwapped, at: 6)
    bytes.store(checksumOffset.byteSwapped, at: 8)
  }

  /// What it says of a frame received; `nil` for a kind of segmentation nobody asked for.
  public var frameInfo: FrameInfo? {
    var info = FrameInfo()
    if flags & Self.needsChecksum != 0 {
      info.checksum = .partial
      info.checksumStart = checksumStart
      info.checksumOffset = checksumOffset
    } else if flags & Self.dataIsValid != 0 {
      info.checksum = .verified
    }
    switch type & ~Self.congestionBit {
    case 0: return info
    case 1: info.segmentation = .tcpIPv4
    case 4: info.segmentation = .tcpIPv6
    case 5: info.segmentation = .udp
    default: return nil
    }
    info.segmentSize = segmentSize
    info.headerLength = headerLength
    return info
  }
}

extension RawSpan {
  fileprivate func loadLittleEndian(at offset: Int) -> UInt16 {
    load(UInt16.self, at: offset).byteSwapped
  }
}
