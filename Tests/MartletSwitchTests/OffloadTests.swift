import MartletDevice
import MartletWire
import Testing

@testable import MartletSwitch

/// Offloads in software and what tunnels do to frames.
struct OffloadTests {
  /// A TCP segment over IPv4 with `payload` bytes, its checksum complete.
  private func segment(payload: Int, flags: UInt8 = 0x18, options: [UInt8] = []) -> [UInt8] {
    var frame: [UInt8] = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0]
    let length = 20 + 20 + options.count + payload
    frame += [0x45, 0, UInt8(length >> 8), UInt8(length & 255), 0x12, 0x34, 0x40, 0, 64, 6, 0, 0]
    frame += [10, 0, 0, 1, 10, 0, 0, 2]
    frame += [0x04, 0xD2, 0, 80, 0, 0, 0x10, 0, 0, 0, 0, 1]
    frame += [UInt8((20 + options.count) / 4) << 4, flags, 0x20, 0, 0, 0, 0, 0]
    frame += options
    frame += (0..<payload).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    finish(&frame)
    return frame
  }

  private func finish(_ frame: inout [UInt8]) {
    let sums = frame.withRawSpan { bytes -> (UInt16, UInt16) in
      var sum = InternetChecksum.pseudoHeader(
        source: IPv4Address(10, 0, 0, 1), destination: IPv4Address(10, 0, 0, 2), protocol: .tcp,
        length: bytes.byteCount - 34)
      sum.add(bytes.extracting(34..<bytes.byteCount))
      return (InternetChecksum.of(bytes.extracting(14..<34)), sum.value)
    }
    frame[24] = UInt8(sums.0 >> 8)
    frame[25] = UInt8(sums.0 & 255)
    frame[50] = UInt8(sums.1 >> 8)
    frame[51] = UInt8(sums.1 & 255)
  }

  private func isIntact(_ frame: RawSpan) -> Bool {
    guard let packet = try? IPv4View(parsing: frame.extracting(14..<frame.byteCount)),
      packet.isChecksumValid, let segment = try? TCPView(parsing: packet.payload)
    else { return false }
    return segment.isChecksumValid(source: packet.source, destination: packet.destination)
  }

  @Test func largeSegmentIsCutIntoIntactOnes() {
    let frame = segment(payload: 5000, flags: 0x19)
    var info = FrameInfo()
    info.segmentation = .tcpIPv4
    info.segmentSize = 1400
    var finisher = FrameFinisher()
    var lengths: [Int] = []
    var flags: [UInt8] = []
    var areIntact = true
    let isDone = frame.withRawSpan { bytes in
      finisher.finish(bytes, info) { piece in
        areIntact = areIntact && isIntact(piece)
        lengths.append(piece.byteCount - 54)
        flags.append(piece.load(at: 47))
      }
    }
    #expect(isDone && areIntact)
    #expect(lengths == [1400, 1400, 1400, 800])
    // FIN and PSH are the last one's.
    #expect(flags == [0x10, 0x10, 0x10, 0x19])
  }

  @Test func undoneChecksumIsFoundAndCompleted() {
    var frame = segment(payload: 33)
    let whole = frame
    let sum = frame.withRawSpan { _ in
      ~InternetChecksum.pseudoHeader(
        source: IPv4Address(10, 0, 0, 1), destination: IPv4Address(10, 0, 0, 2), protocol: .tcp,
        length: 53
      ).value
    }
    frame[50] = UInt8(sum >> 8)
    frame[51] = UInt8(sum & 255)
    var finisher = FrameFinisher()
    var isSame = false
    frame.withRawSpan { bytes in
      guard let layout = FrameLayout(bytes) else { return }
      let info = UndoneChecksum.find(bytes, layout)
      _ = finisher.finish(bytes, info) { done in
        isSame = (0..<whole.count).allSatisfy { done.load(UInt8.self, at: $0) == whole[$0] }
      }
    }
    #expect(isSame)
    let info = whole.withRawSpan { bytes in
      FrameLayout(bytes).map { UndoneChecksum.find(bytes, $0).checksum }
    }
    #expect(info == .unverified)
  }

  @Test(arguments: [
    FrameInfo.Segmentation.tcpIPv4, .udp,
  ]) func wrongDescriptionIsRefused(segmentation: FrameInfo.Segmentation) {
    var frame = segment(payload: 100)
    // Not what it is said to be.
    frame[23] = segmentation == .udp ? 6 : 17
    var info = FrameInfo()
    info.segmentation = segmentation
    info.segmentSize = 10
    var finisher = FrameFinisher()
    let isDone = frame.withRawSpan { bytes in finisher.finish(bytes, info) { _ in } }
    #expect(!isDone)
  }

  @Test func truncatedFramesNeverTrap() {
    let frame = segment(payload: 40)
    var info = FrameInfo()
    info.segmentation = .tcpIPv4
    info.segmentSize = 7
    var finisher = FrameFinisher()
    for length in 0..<frame.count {
      let isDone = Array(frame[..<length]).withRawSpan { bytes in
        finisher.finish(bytes, info) { _ in }
      }
      #expect(!isDone)
    }
  }
}
