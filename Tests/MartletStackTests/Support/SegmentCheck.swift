import MartletWire
import Testing

/// One thing that must be so of a segment. Checks compose: `expect(segment, .syn, .mss(1460))`.
struct SegmentCheck {
  let text: String
  let holds: (SeenSegment) -> Bool

  /// Exactly these control bits, PSH aside.
  private static func control(_ text: String, _ flags: TCPFlags) -> Self {
    Self(text: text) { $0.flags.subtracting(.psh) == flags }
  }
  static var syn: Self { control("SYN", .syn) }
  static var synAck: Self { control("SYN-ACK", [.syn, .ack]) }
  static var ack: Self { control("ACK", .ack) }
  static var finAck: Self { control("FIN-ACK", [.fin, .ack]) }
  static var rst: Self { control("RST", .rst) }
  static var rstAck: Self { control("RST-ACK", [.rst, .ack]) }

  static func has(_ flags: TCPFlags) -> Self {
    Self(text: "has flags \(flags.rawValue)") { $0.flags.contains(flags) }
  }
  static func lacks(_ flags: TCPFlags) -> Self {
    Self(text: "lacks flags \(flags.rawValue)") { $0.flags.isDisjoint(with: flags) }
  }
  /// SEG.SEQ, counted from ISS.
  static func seq(_ number: Int) -> Self { Self(text: "SEQ \(number)") { $0.sequence == number } }
  /// SEG.ACK, counted from IRS.
  static func ack(_ number: Int) -> Self {
    Self(text: "ACK \(number)") { $0.flags.contains(.ack) && $0.acknowledgment == number }
  }
  /// SEG.WND as it stands in the header.
  static func win(_ size: Int) -> Self { Self(text: "WND \(size)") { $0.window == size } }
  /// So many bytes of payload.
  static func length(_ count: Int) -> Self {
    Self(text: "\(count) bytes") { $0.payload.count == count }
  }
  /// Just this payload.
  static func data(_ bytes: [UInt8]) -> Self { Self(text: "\(bytes)") { $0.payload == bytes } }
  static func mss(_ size: UInt16) -> Self {
    Self(text: "MSS \(size)") { $0.option(2) == Frame.word(size) }
  }
  static func scale(_ shift: UInt8) -> Self {
    Self(text: "window scale \(shift)") { $0.option(3) == [shift] }
  }
  static var sackPermitted: Self { Self(text: "SACK permitted") { $0.option(4) == [] } }
  /// These SACK blocks, in this order, counted from IRS.
  static func sack(_ blocks: (Int, Int)..., base: UInt32 = Script.peerStart) -> Self {
    let wanted = blocks.flatMap { block in
      [block.0, block.1].flatMap { Frame.word32(base &+ UInt32(truncatingIfNeeded: $0)) }
    }
    return Self(text: "SACK \(blocks)") { $0.option(5) == wanted }
  }
  static var noSack: Self { Self(text: "no SACK blocks") { $0.option(5) == nil } }
  static var noOptions: Self { Self(text: "no options") { $0.options.isEmpty } }
  static var timestamps: Self { Self(text: "timestamps") { $0.timestamps != nil } }
  static func echo(_ value: UInt32) -> Self {
    Self(text: "TSecr \(value)") { $0.timestamps?.echo == value }
  }
  static func option(_ kind: UInt8, _ bytes: [UInt8]) -> Self {
    Self(text: "option \(kind) \(bytes)") { $0.option(kind) == bytes }
  }
}

/// Expects a segment, of which all these checks hold.
func expect(
  _ segment: SeenSegment?, _ checks: SegmentCheck...,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard let segment else {
    let wanted = checks.map(\.text).joined(separator: ", ")
    Issue.record("no segment; wanted \(wanted)", sourceLocation: sourceLocation)
    return
  }
  let failed = checks.filter { !$0.holds(segment) }.map(\.text)
  #expect(failed.isEmpty, "\(segment) is not \(failed)", sourceLocation: sourceLocation)
  #expect(segment.isChecksumRight, "\(segment): checksum", sourceLocation: sourceLocation)
}

/// Expects that nothing was sent.
func expectSilence(
  _ segments: [SeenSegment], sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(segments.isEmpty, "sent \(segments)", sourceLocation: sourceLocation)
}
