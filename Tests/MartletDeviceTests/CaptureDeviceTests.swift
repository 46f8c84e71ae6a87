import MartletDevice
import TestSupport
import Testing

@Suite struct CaptureDeviceTests {
  final class Record: CaptureSink, TraceSink {
    struct Entry: Equatable {
      var frame: [UInt8]
      var direction: FrameDirection
      var time: Instant
    }
    var entries: [Entry] = []
    var events: [DeviceEvent] = []

    func capture(_ frame: RawSpan, info: FrameInfo, direction: FrameDirection, at time: Instant) {
      entries.append(Entry(frame: [UInt8](frame), direction: direction, time: time))
    }

    func trace(_ event: DeviceEvent, at time: Instant) { events.append(event) }
  }

  @Test func bothDirectionsAreShownWithTheirTime() {
    let record = Record()
    let queue = QueueDevice(maximumTransmissionUnit: 1500)
    var device = CaptureDevice(queue, sink: record)
    let frames = numbered(3)
    device.advance(to: Instant(milliseconds: 5))
    #expect(device.send([frames[0], frames[1]]) == 2)
    device.advance(to: Instant(milliseconds: 7))
    let third = frames[2]
    let taken = unsafe device.base.insert(third.span.bytes)
    #expect(taken)
    #expect(device.frames() == [frames[2]])
    #expect(
      record.entries == [
        .init(frame: frames[0], direction: .sent, time: Instant(milliseconds: 5)),
        .init(frame: frames[1], direction: .sent, time: Instant(milliseconds: 5)),
        .init(frame: frames[2], direction: .received, time: Instant(milliseconds: 7)),
      ])
    #expect(device.base.outgoingCount == 2)
  }

  @Test func noMoreIsTakenThanTheDeviceHasRoomFor() {
    let record = Record()
    let queue = QueueDevice(maximumTransmissionUnit: 1500, frameCount: 3)
    var device = CaptureDevice(queue, sink: record)
    #expect(device.send(numbered(5)) == 3)
    #expect(record.entries.count == 3)
    #expect(device.base.outgoingCount == 3)
  }

  @Test func theTracerTellsEveryCall() {
    let record = Record()
    let queue = QueueDevice(maximumTransmissionUnit: 1500, frameCount: 2)
    var device = TracingDevice(queue, sink: record)
    #expect(device.send(numbered(3)) == 2)
    _ = device.frames(budget: 4)
    #expect(
      record.events == [
        .reserved(lent: 2, asked: 3), .committed(count: 2), .reserved(lent: 0, asked: 1),
        .committed(count: 0), .received(count: 0, budget: 4),
      ])
  }
}
