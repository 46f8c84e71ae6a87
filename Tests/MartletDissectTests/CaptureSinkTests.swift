import MartletDevice
import MartletDissect
import Testing

@Suite struct CaptureSinkTests {
  static let origin = CaptureTime(seconds: 1_000_000, nanoseconds: 900_000_000)

  @Test func deviceIsCapturedAsAFile() throws {
    var file: [UInt8] = []
    let sink = CaptureFileSink(.ethernet, name: "test", origin: Self.origin) { file += $0 }
    var device = CaptureDevice(Self.queue(), sink: sink)
    Self.cross(&device)
    let read = try packets(in: file)
    #expect(sink.count == 2)
    #expect(
      read == [
        CapturedPacket(
          DissectorTests.datagram, time: CaptureTime(seconds: 1_000_001, nanoseconds: 150_000_000),
          direction: .sent),
        CapturedPacket(
          DissectorTests.datagram, time: CaptureTime(seconds: 1_000_001, nanoseconds: 150_000_000),
          direction: .received),
      ])
  }

  @Test func deviceIsTold() {
    var lines: [String] = []
    let sink = CaptureTextSink(.ethernet, origin: CaptureTime(seconds: 0)) { lines.append($0) }
    var device = CaptureDevice(TracingDevice(Self.queue(), sink: sink), sink: sink)
    Self.cross(&device)
    #expect(
      lines == [
        "00:00:00.250000 advanced to 250000 µs", "00:00:00.250000 reserved 1 of 1",
        // The capture lends slots of its own and fills the device's when they are committed.
        "00:00:00.250000 committed 0",
        "00:00:00.250000 > IP 10.0.0.1.1 > 10.0.0.2.2: UDP, length 3",
        "00:00:00.250000 reserved 1 of 1", "00:00:00.250000 committed 1",
        "00:00:00.250000 < IP 10.0.0.1.1 > 10.0.0.2.2: UDP, length 3",
        "00:00:00.250000 received 1 of up to 8",
      ])
  }

  @Test func filterChoosesWhatIsCaptured() throws {
    var file: [UInt8] = []
    let filter = try PacketFilter("arp")
    let sink = CaptureFileSink(.ethernet, origin: Self.origin, filter: filter) { file += $0 }
    var device = CaptureDevice(Self.queue(), sink: sink)
    Self.cross(&device)
    #expect(sink.count == 0)
    #expect(try packets(in: file).isEmpty)
  }

  @Test func missesAreWrittenAndRead() throws {
    let writer = PcapngWriter()
    let time = CaptureTime(seconds: 1)
    let frame = DissectorTests.datagram
    var reader = CaptureReader()
    reader.append(writer.header + writer.interface(name: "a") + writer.interface(name: "b"))
    for (missed, interface) in [(3, 0), (7, 0), (5, 1)] as [(UInt64, Int)] {
      reader.append(writer.statistics(missed: missed, time: time, interface: interface))
      reader.append(unsafe writer.packet(frame.span.bytes, time: time))
      _ = try #require(try reader.next())
    }
    // Each time it is how many there have been on that interface.
    #expect(reader.missedCount == 12)
    reader.append(writer.statistics(missed: 1, time: time, interface: 2))
    #expect(throws: CaptureError.self) { try reader.next() }
  }

  private static func queue() -> QueueDevice {
    var queue = QueueDevice(
      DeviceCapabilities(medium: .ethernet, maximumTransmissionUnit: 1500, maximumBurst: 4))
    let frame = DissectorTests.datagram
    _ = unsafe queue.insert(frame.span.bytes)
    return queue
  }

  /// Sends a frame after a quarter of a second, and receives the one that waits.
  private static func cross(_ device: inout some LinkDevice & ~Copyable) {
    device.advance(to: Instant(milliseconds: 250))
    fill(&device)
    device.commit(1)
    _ = device.receive(budget: 8) { _, _ in }
  }

  private static func fill(_ device: inout some LinkDevice & ~Copyable) {
    guard var batch = device.reserve(1) else { return }
    let frame = DissectorTests.datagram
    unsafe batch.append(copying: frame.span.bytes, info: FrameInfo())
  }
}
