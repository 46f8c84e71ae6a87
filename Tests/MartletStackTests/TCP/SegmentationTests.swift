import MartletDevice
import MartletWire
import Testing

@testable import MartletStack

/// Large segments: what a device cuts for the stack (GSO), and what it merges for it (GRO).
@Suite("Large segments")
struct SegmentationTests {
  /// A stack on an IP link whose device segments, and its connection to 10.0.0.2, by hand.
  struct Link: ~Copyable {
    var stack: Stack
    let id: InterfaceID
    var slots: TransmitSlots
    var now = Instant(milliseconds: 1000)
    let handle: TCPHandle
    var start: UInt32 = 0
    static let own = IPv4Address(10, 0, 0, 1)
    static let peer = IPv4Address(10, 0, 0, 2)

    private init(
      _ stack: consuming Stack, _ id: InterfaceID, _ handle: TCPHandle
    ) {
      self.stack = stack
      self.id = id
      self.handle = handle
      slots = TransmitSlots(count: 64, slotCapacity: 65_600)
    }

    static func connected(offloads: DeviceCapabilities.Offloads) throws -> Link {
      var configuration = Script.configuration()
      configuration.sendBufferLimit = 1 << 20
      var stack = Stack(configuration: configuration, seed: Seed(high: 3, low: 4))
      let id = try stack.addInterface(
        DeviceCapabilities(
          medium: .ip, maximumTransmissionUnit: 1500, offloads: offloads,
          maximumSegmentedLength: offloads.contains(.segmentTCPv4) ? 65_535 : 0,
          maximumBurst: 64))
      try stack.addAddress(IPv4Prefix(own, length: 24), on: id)
      let handle = try stack.connect(
        to: Endpoint(peer, port: 7), from: Endpoint(own, port: 9), now: Instant(milliseconds: 1000))
      var link = Link(stack, id, handle)
      let syn = link.sent()[0].bytes.payload
      link.start = UInt32(syn.word(at: 4)) << 16 | UInt32(syn.word(at: 6))
      link.receive([.syn, .ack], seq: 0, ack: 1, options: Options.mss(1460))
      _ = link.sent()
      return link
    }

    mutating func sent() -> [(bytes: [UInt8], info: FrameInfo)] {
      var frames: [(bytes: [UInt8], info: FrameInfo)] = []
      while stack.hasWork(on: id) {
        let count = Self.fill(&slots, from: &stack, id, now)
        guard count > 0 else { break }
        for index in 0..<count {
          frames.append(([UInt8](copying: slots.bytes(at: index)), slots.frame(at: index).info))
        }
      }
      return frames
    }

    private static func fill(
      _ slots: inout TransmitSlots, from stack: inout Stack, _ id: InterfaceID, _ now: Instant
    ) -> Int {
      var batch = slots.lend(count: slots.count)
      stack.transmit(into: &batch, on: id, now: now)
      return batch.count
    }

    mutating func receive(
      _ flags: TCPFlags, seq: Int, ack: Int, options: [UInt8] = [], data: [UInt8] = [],
      info: FrameInfo = FrameInfo()
    ) {
      let segment = Frame.tcp(
        from: Self.peer, 7, to: Self.own, 9, flags: flags,
        sequence: 500 &+ UInt32(truncatingIfNeeded: seq),
        acknowledgment: start &+ UInt32(truncatingIfNeeded: ack), window: 65_535,
        options: options, data)
      let packet = Frame.ipv4(from: Self.peer, to: Self.own, .tcp, segment)
      let (id, now) = (id, now)
      unsafe stack.receive(packet.span.bytes, info: info, on: id, now: now)
    }

    mutating func write(_ count: Int) throws {
      let (handle, now) = (handle, now)
      let bytes = Frame.pattern(count)
      _ = try unsafe stack.send(bytes.span.bytes, on: handle, now: now)
    }
  }

  @Test("a window goes to a segmenting device in one frame that says how to cut it")
  func sending() throws {
    var link = try Link.connected(offloads: [.transmitChecksum, .segmentTCPv4])
    try link.write(100_000)
    let frames = link.sent()
    #expect(frames.map { $0.bytes.payload.count - 20 } == [14_600])
    let info = frames[0].info
    #expect(info.segmentation == .tcpIPv4)
    #expect(info.segmentSize == 1460)
    #expect(info.headerLength == 40)
    #expect(info.checksum == .partial)
    #expect(info.checksumStart == 20 && info.checksumOffset == 16)
    // The checksum field holds the pseudo-header's sum alone.
    let packet = frames[0].bytes
    let pseudo =
      Frame.bytes(Link.own) + Frame.bytes(Link.peer) + [0, 6]
      + Frame.word(UInt16(packet.payload.count))
    #expect(packet.payload.word(at: 16) == ~Frame.checksum(pseudo))
    #expect(Array(packet.payload[20...]) == Array(Frame.pattern(14_600)))
  }

  @Test("a frame is no longer than the device takes, and holds whole segments")
  func longestFrame() throws {
    var link = try Link.connected(offloads: [.transmitChecksum, .segmentTCPv4])
    try link.write(600_000)
    var acknowledged = 1
    var largest = 0
    for _ in 0..<60 {
      link.now = link.now + .milliseconds(1)
      for frame in link.sent() {
        let count = frame.bytes.payload.count - 20
        largest = max(largest, frame.bytes.count)
        acknowledged += count
        #expect(count % 1460 == 0 || acknowledged == 600_001)
      }
      link.receive(.ack, seq: 1, ack: acknowledged)
    }
    #expect(acknowledged == 600_001)
    #expect(largest > 60_000 && largest <= 65_535)
  }

  @Test("without the offload each segment is a frame, its checksum complete or not")
  func plainDevices() throws {
    for offloads in [[], .transmitChecksum] as [DeviceCapabilities.Offloads] {
      var link = try Link.connected(offloads: offloads)
      try link.write(10_000)
      let frames = link.sent()
      #expect(frames.map(\.bytes.count) == [1500, 1500, 1500, 1500, 1500, 1500, 1280])
      #expect(frames.allSatisfy { $0.info.segmentation == .none })
      #expect(frames.allSatisfy { ($0.info.checksum == .partial) == !offloads.isEmpty })
    }
  }

  @Test("a merged frame is taken whole, and acknowledged at once")
  func receiving() throws {
    var link = try Link.connected(offloads: [.receiveChecksum, .coalesceTCPv4])
    var info = FrameInfo(checksum: .verified)
    info.segmentation = .tcpIPv4
    info.segmentSize = 1460
    info.headerLength = 40
    for turn in 0..<3 {
      link.receive(.ack, seq: 1 + turn * 20_000, ack: 1, data: Frame.pattern(20_000), info: info)
      let answer = link.sent()
      #expect(answer.count == 1)
      let expected = 500 + UInt32(1 + (turn + 1) * 20_000)
      let tcp = answer[0].bytes.payload
      #expect(UInt32(tcp.word(at: 8)) << 16 | UInt32(tcp.word(at: 10)) == expected)
    }
    #expect(try link.stack.receivedCount(on: link.handle) == 60_000)
    // Small ones are still worth an acknowledgment for every second of them.
    link.receive(.ack, seq: 60_001, ack: 1, data: Frame.pattern(1460))
    #expect(link.sent().isEmpty)
    link.receive(.ack, seq: 61_461, ack: 1, data: Frame.pattern(1460))
    #expect(link.sent().count == 1)
  }

  @Test("a batch of frames in order is one run: one acknowledgment, one event")
  func batch() throws {
    var script = try Script.opened()
    while script.host.stack.nextEvent() != nil {}
    for index in 0..<20 {
      script.send(.ack, seq: 1 + index * 1460, ack: 1, data: Frame.pattern(1460))
    }
    let answers = script.sent()
    #expect(answers.count == 1)
    expect(answers.first, .ack, .ack(1 + 20 * 1460))
    var events = 0
    while script.host.stack.nextEvent() != nil { events += 1 }
    #expect(events == 1)
  }

  @Test("or an acknowledgment for every second segment, as RFC 5681 says")
  func everySecond() throws {
    var configuration = Script.configuration()
    configuration.acknowledgesEverySecondSegment = true
    var script = try Script.opened(configuration)
    for index in 0..<20 {
      script.send(.ack, seq: 1 + index * 1460, ack: 1, data: Frame.pattern(1460))
    }
    #expect(script.sent().map(\.acknowledgment) == (1...10).map { 1 + $0 * 2920 })
  }
}
