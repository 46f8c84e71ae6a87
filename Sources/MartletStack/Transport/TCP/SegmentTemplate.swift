internal import MartletDevice
internal import MartletWire

/// The headers that the segments of a burst share, and what is known of their checksums.
///
/// Between two segments of one burst only the sequence number, the length and some control bits
/// differ: the rest is put together, and summed, once.
struct SegmentTemplate: BitwiseCopyable {
  private let path: SegmentPath
  private let key: ConnectionKey
  /// Version, header length and type of service of the IPv4 header, for its upper half word.
  private let service: UInt16
  /// Time to live and protocol.
  private let lifetime: UInt16
  private let acknowledgment: UInt32
  private let window: UInt16
  /// The IPv4 header without its length.
  private let internetSum: InternetChecksum
  /// Pseudo-header and TCP header without what differs.
  private let transportSum: InternetChecksum

  /// Puts together what the segments towards `path` have in common.
  init(
    _ key: ConnectionKey, path: SegmentPath, typeOfService: UInt8, timeToLive: UInt8,
    acknowledgment: UInt32, window: UInt16
  ) {
    self.key = key
    self.path = path
    self.acknowledgment = acknowledgment
    self.window = window
    service = 0x4500 | UInt16(typeOfService)
    lifetime = UInt16(timeToLive) << 8 | UInt16(IPProtocol.tcp.rawValue)
    var sum = InternetChecksum()
    sum.add(key.localAddress.rawValue)
    sum.add(key.remoteAddress.rawValue)
    var internet = sum
    internet.add(UInt32(service) << 16 | UInt32(lifetime))
    internet.add(Self.dontFragment)
    internetSum = internet
    sum.add(UInt32(IPProtocol.tcp.rawValue))
    sum.add(UInt32(key.localPort) << 16 | UInt32(key.remotePort))
    sum.add(acknowledgment)
    sum.add(window)
    transportSum = sum
  }

  /// Never fragmented, so the identification means nothing (RFC 6864, 4.1).
  private static var dontFragment: UInt16 { 0x4000 }

  /// Where the TCP header stands in a frame.
  var transportOffset: Int { path.linkHeaderLength + 20 }

  /// Writes all headers of a segment but the TCP checksum, and returns the sum of pseudo-header and TCP
  /// header without the `optionLength` bytes of options, which are the caller's.
  func write(
    into slot: inout MutableRawSpan, sequence: SequenceNumber, control: TCPFlags,
    optionLength: Int, payloadLength: Int
  ) -> InternetChecksum {
    let length = 20 + optionLength + payloadLength
    writeLinkHeader(into: &slot)
    writeInternetHeader(into: &slot, totalLength: UInt16(truncatingIfNeeded: 20 + length))
    let tcp = transportOffset
    let offset = UInt16(truncatingIfNeeded: (20 + optionLength) / 4)
    let offsetAndControl = offset << 12 | UInt16(control.rawValue)
    slot.store(
      UInt64(key.localPort) << 48 | UInt64(key.remotePort) << 32 | UInt64(sequence.rawValue),
      at: tcp)
    slot.store(
      UInt64(acknowledgment) << 32 | UInt64(offsetAndControl) << 16 | UInt64(window), at: tcp + 8)
    slot.store(UInt32(0), at: tcp + 16)
    var sum = transportSum
    sum.add(sequence.rawValue)
    sum.add(UInt32(offsetAndControl) << 16 | UInt32(UInt16(truncatingIfNeeded: length)))
    return sum
  }

  private func writeLinkHeader(into slot: inout MutableRawSpan) {
    guard path.medium == .ethernet else { return }
    slot.store(path.destination.rawValue << 16 | path.source.rawValue >> 32, at: 0)
    slot.store(UInt32(truncatingIfNeeded: path.source.rawValue), at: 8)
    slot.store(EtherType.ipv4.rawValue, at: 12)
  }

  private func writeInternetHeader(into slot: inout MutableRawSpan, totalLength: UInt16) {
    let offset = path.linkHeaderLength
    var sum = internetSum
    sum.add(totalLength)
    slot.store(
      UInt64(service) << 48 | UInt64(totalLength) << 32 | UInt64(Self.dontFragment), at: offset)
    slot.store(
      UInt64(lifetime) << 48 | UInt64(sum.value) << 32 | UInt64(key.localAddress.rawValue),
      at: offset + 8)
    slot.store(key.remoteAddress, at: offset + 16)
  }
}
