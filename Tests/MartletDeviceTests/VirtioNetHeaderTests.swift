import Testing

@testable import MartletDevice

@Suite struct VirtioNetHeaderTests {
  /// Flags, type, then four numbers; this machine and all others Linux runs on here are
  /// little-endian.
  @Test func aSegmentedFrameIsWrittenAsTheKernelReadsIt() {
    var info = FrameInfo(checksum: .partial)
    info.checksumStart = 34
    info.checksumOffset = 16
    info.segmentation = .tcpIPv4
    info.segmentSize = 1448
    info.headerLength = 66
    var bytes = [UInt8](repeating: 0xFF, count: VirtioNetHeader.length)
    var span = bytes.mutableSpan
    var target = unsafe span.mutableBytes
    VirtioNetHeader(info).emit(into: &target)
    #expect(bytes == [1, 1, 66, 0, 0xA8, 0x05, 34, 0, 16, 0])
    let read = unsafe VirtioNetHeader(bytes.span.bytes).frameInfo
    #expect(read == info)
  }

  @Test(arguments: [FrameInfo(), FrameInfo(checksum: .partial)])
  func aFrameInfoSurvives(_ info: FrameInfo) {
    #expect(VirtioNetHeader(info).frameInfo == info)
  }

  @Test func aVouchedForChecksumIsVerified() {
    var header = VirtioNetHeader(FrameInfo())
    header.flags = 2
    #expect(header.frameInfo?.checksum == .verified)
  }

  @Test func theCongestionBitIsMasked() {
    var header = VirtioNetHeader(FrameInfo())
    header.type = 0x81
    #expect(header.frameInfo?.segmentation == .tcpIPv4)
  }

  @Test(arguments: [2, 3, 6, 77] as [UInt8])
  func unknownSegmentationIsRefused(_ type: UInt8) {
    var header = VirtioNetHeader(FrameInfo())
    header.type = type
    #expect(header.frameInfo == nil)
  }
}
