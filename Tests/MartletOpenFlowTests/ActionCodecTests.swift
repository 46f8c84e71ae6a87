import MartletFlow
import Testing

@testable import MartletOpenFlow

@Suite struct ActionCodecTests {
  static func range(_ field: Field, _ start: Int, _ count: Int) -> FieldRange {
    FieldRange(field, start: start, count: count) ?? FieldRange(field)
  }

  static var learn: Action {
    var learn = LearnAction()
    learn.table = 10
    learn.idleTimeout = 60
    learn.parts = [
      .match(FieldRange(.etherType), value: 0x0800),
      .matchFrame(FieldRange(.ethernetDestination), from: FieldRange(.ethernetSource)),
      .load(7, to: range(.register0, 0, 16)),
      .loadFrame(range(.inPort, 0, 16), to: range(.register1, 0, 16)),
      .output(range(.inPort, 0, 16)),
    ]
    return .learn(learn)
  }

  static var track: Action {
    var nat = NATAction()
    nat.direction = .source
    nat.addresses = 0x0a00_0001...0x0a00_0009
    nat.ports = 1024...1024
    var track = TrackAction()
    track.commits = true
    track.table = 4
    track.zone = .number(9)
    track.actions = [.nat(nat), .setField(.trackMark, value: 5, mask: 0xffff_ffff)]
    return .track(track)
  }

  static let both: [Action] = [
    .output(PortNumber(3), maxLength: 0), .controller(maxLength: 0, id: 0, reason: .action),
    .controller(maxLength: 96, id: 3, reason: .noMatch), .output(.normal, maxLength: 0),
    .setField(.ethernetSource, value: 0x0200_0000_0001, mask: 0xffff_ffff_ffff),
    .setField(.ipv4Destination, value: 0x0a01_0203, mask: 0xffff_ffff),
    .setField(.transportDestination, value: 8080, mask: 0xffff),
    .setField(.ipDSCP, value: 10, mask: 63), .setField(.register3, value: 0x50, mask: 0xf0),
    .setField(.register3, value: 0x50, mask: 0xf3),
    .setField(.tunnelID, value: 9, mask: UInt128(UInt64.max)),
    .setField(.trackLabel, value: 1 << 100, mask: .max),
    .move(range(.ethernetSource, 0, 16), to: range(.register7, 8, 16)), .popVLAN, .pushMPLS(0x8847),
    .popMPLS(0x0800), .setMPLSTTL(9), .decrementMPLSTTL, .decrementTTL, .setQueue(4), .popQueue,
    .resubmit(PortNumber(4), table: nil), .resubmit(nil, table: 7), .note([1, 2, 3, 4, 5, 6]),
    .exit,
    .finTimeout(idle: 3, hard: 9), .push(range(.register0, 4, 8)), .pop(range(.register1, 0, 8)),
    .conjunction(id: 77, clause: 1, count: 2),
    .clone([.popVLAN, .output(PortNumber(1), maxLength: 0)]),
    .clearTracking, .outputRegister(range(.register2, 0, 16), maxLength: 5), learn, track,
  ]
  static let old: [Action] = [
    .setVLANID(5), .setVLANPriority(3), .enqueue(PortNumber(2), queue: 1),
    .writeMetadata(1, mask: 3),
  ]
  static let new: [Action] = [
    .pushVLAN(0x88a8), .group(8), .setField(.vlanID, value: 0x1005, mask: 0x1fff),
    .setField(.ipTTL, value: 9, mask: 255),
    .setField(.ipv6Source, value: 1 << 120, mask: .max),
  ]

  @Test(arguments: both + old)
  func actionsOfOldComeBack(_ action: Action) throws { try check(action, .v10) }

  @Test(arguments: both + new)
  func actionsOf13ComeBack(_ action: Action) throws { try check(action, .v13) }

  private func check(_ action: Action, _ version: OpenFlowVersion) throws {
    var writer = ByteWriter()
    let codec = ActionCodec(version)
    codec.encode([action], into: &writer)
    #expect(writer.count >= 8 && writer.count % 8 == 0)
    var reader = ByteReader(writer.bytes)
    #expect(try codec.decode(&reader) == [action])
    for count in 1..<writer.count {
      var cut = ByteReader(Array(writer.bytes.prefix(count)))
      #expect(throws: OpenFlowError.self) { try codec.decode(&cut) }
    }
  }

  @Test func instructionsComeBackInTheirOrder() throws {
    let list: [Action] = [
      .meter(3), .popVLAN, .output(PortNumber(1), maxLength: 0), .clearActions,
      .writeActions([.group(4)]), .writeMetadata(5, mask: 7), .gotoTable(9),
    ]
    var writer = ByteWriter()
    let codec = InstructionCodec(for: FlowMatch())
    codec.encode(list, into: &writer)
    var reader = ByteReader(writer.bytes)
    #expect(try codec.decode(&reader) == list)
  }
}
