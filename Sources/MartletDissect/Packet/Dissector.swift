public import MartletDevice

/// Tells packets on one line each, in the words of tcpdump.
///
/// ```swift
/// Dissector().line(of: frame)
/// // IP 10.0.0.1.40000 > 10.0.0.2.80: Flags [S], seq 1, win 65535, options [mss 1460], length 0
/// ```
///
/// No bytes are too damaged to be told: what cannot be read is named in brackets, with what would
/// be needed. Checksums are verified where all bytes are there, and only a wrong one is mentioned.
/// Bytes of a stranger's choice (names) come out as printable ASCII.
public struct Dissector: Sendable {
  /// Whether the hardware addresses are told.
  public var showsLinkHeader: Bool
  /// Whether the fields of the IP header are told that matter to routers: TOS, TTL, identification
  /// and DF.
  public var showsInternetHeader: Bool

  /// A dissector that tells more or less.
  public init(showsLinkHeader: Bool = false, showsInternetHeader: Bool = false) {
    self.showsLinkHeader = showsLinkHeader
    self.showsInternetHeader = showsInternetHeader
  }

  /// The line of a packet, without a line end.
  ///
  /// `originalLength` is the packet's length on the wire when `bytes` are not all of it; `info`
  /// says whether its checksum is finished.
  public func line(
    of bytes: RawSpan, linkType: LinkType = .ethernet, originalLength: Int? = nil,
    info: FrameInfo = FrameInfo()
  ) -> String {
    var printer = PacketPrinter(dissector: self, verifiesChecksums: info.checksum == .unverified)
    printer.link(bytes, type: linkType, length: originalLength ?? bytes.byteCount)
    return printer.text
  }

  /// The line of a packet of a capture file, without its time.
  public func line(of packet: CapturedPacket) -> String {
    line(
      of: packet.bytes.rawBytes, linkType: packet.linkType,
      originalLength: packet.originalLength)
  }
}
