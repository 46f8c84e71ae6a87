import MartletDevice
import MartletWire
import Testing

@testable import MartletStack

/// Options of every shape in a SYN (RFC 9293, 3.1 and 3.2), and bits that must be ignored.
@Suite("Options of a segment")
struct SegmentOptionTests {
  @Test(
    "a SYN is answered whatever its options are",
    arguments: [
      [], [2, 4, 5, 180], [2, 0, 0, 0], [2, 1, 0, 0], [2, 40, 5, 180], [2], [1, 1, 1, 2],
      [254, 4, 1, 2, 2, 4, 5, 180], [77, 0, 1, 1], [3, 3, 200, 1], [8, 10, 0, 0], [5, 2, 1, 1],
      [0, 2, 4, 5], [30, 3, 1, 1], [1, 1, 1, 1, 1, 1, 1, 1],
      [UInt8](repeating: 255, count: 40), [UInt8](repeating: 0, count: 40),
    ] as [[UInt8]])
  func anyOptions(options: [UInt8]) throws {
    var script = try Script()
    try script.listen()
    script.send(.syn, seq: 0, options: options)
    expect(script.sent().first, .synAck, .ack(1), .mss(1460))
    script.send(.ack, seq: 1, ack: 1, data: [1])
    try script.accept()
    #expect(try script.read() == [1])
  }

  @Test(
    "the segment size is the peer's, 536 without a word, and never absurd",
    arguments: [
      (nil, 536), (1460, 1460), (9000, 1460), (536, 536), (100, 100), (48, 48), (10, 48), (0, 48),
    ]
      as [(UInt16?, Int)])
  func segmentSize(asked: UInt16?, used: Int) throws {
    var script = try Script.opened(peer: asked.map(Options.mss) ?? [])
    try script.write(5000)
    #expect(script.sent().first?.payload.count == used)
  }

  @Test("the SYN offers what the configuration says")
  func offer() throws {
    var configuration = Configuration()
    configuration.blockCount = 1024
    configuration.connectionCount = 16
    var script = try Script(configuration)
    try script.connect()
    expect(
      script.sent().first, .syn, .seq(0), .mss(1460), .scale(7), .sackPermitted, .timestamps,
      .win(65_535), .lacks([.ece, .cwr]))
    var plain = Script.configuration()
    plain.selectiveAcknowledgment = false
    var other = try Script(plain)
    var options = ConnectionOptions()
    options.maximumSegmentSize = 1000
    try other.connect(options: options)
    let syn = other.sent().first
    expect(syn, .syn, .mss(1000), .scale(0))
    #expect(syn?.options.count == 2)
  }

  @Test("the SYN-ACK takes up only what the SYN offered")
  func answer() throws {
    var configuration = Script.configuration()
    configuration.timestamps = true
    for (offered, count) in [
      ([], 1), (Options.scale(2), 2), (Options.sackPermitted, 2),
      (Options.timestamps(1, 0) + Options.sackPermitted + Options.scale(2), 4),
    ] {
      var script = try Script(configuration)
      try script.listen()
      script.send(.syn, seq: 0, options: Options.mss(1460) + offered)
      #expect(script.sent().first?.options.count == count)
    }
  }

  @Test("a window scale above 14 counts as 14 (RFC 7323, 2.3)")
  func scale() throws {
    var script = try Script.opened(peer: Options.mss(1460) + Options.scale(99))
    script.send(.ack, seq: 1, ack: 1, win: 1)
    #expect(try script.status.sendWindow == 1 << 14)
  }

  @Test("reserved bits are ignored, and ECN bits without ECN too")
  func reservedBits() throws {
    var script = try Script.opened()
    var segment = Frame.tcp(
      from: Host.address(2), Script.peerPort, to: Host.address(1), Script.stackPort,
      flags: [.ack, .ece], sequence: script.peerStart &+ 1,
      acknowledgment: (script.stackStart ?? 0) &+ 1, window: 65_535, [9])
    segment[12] |= 0x0F
    segment[16] = 0
    segment[17] = 0
    let pseudo =
      Frame.bytes(Host.address(2)) + Frame.bytes(Host.address(1)) + [0, 6]
      + Frame.word(UInt16(segment.count))
    segment.replaceSubrange(16..<18, with: Frame.word(Frame.checksum(pseudo + segment)))
    let packet = Frame.ipv4(from: Host.address(2), to: Host.address(1), .tcp, segment)
    script.host.receive(packet: packet, from: 2)
    #expect(try script.read() == [9])
  }

  @Test("urgent data is delivered in line")
  func urgent() throws {
    var script = try Script.opened()
    script.send([.ack, .urg], seq: 1, ack: 1, data: [1, 2, 3])
    #expect(try script.read() == [1, 2, 3])
  }
}
