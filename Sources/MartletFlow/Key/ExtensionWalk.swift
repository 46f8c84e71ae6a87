/// Goes through the extension headers of an IPv6 packet (RFC 8200, section 4).
struct ExtensionWalk {
  /// The header that comes next; in the end the transport.
  var next: UInt8
  /// Where it begins.
  var offset: Int
  /// As in `Field.ipFragment`.
  var fragment: UInt8 = 0
  /// What was seen, as OpenFlow 1.3 has it (7.2.3.8): a bit each.
  var seen: UInt16 = 0
  /// Whether the end was reached within the frame.
  private(set) var isComplete = false

  init(next: UInt8, offset: Int) {
    self.next = next
    self.offset = offset
  }

  /// More headers than that are no packet of use.
  private static var limit: Int { 16 }

  mutating func run(_ frame: RawSpan) {
    for _ in 0..<Self.limit {
      guard let bit = Self.bit(of: next) else {
        if next == 59 { seen |= 1 }
        isComplete = true
        return
      }
      guard frame.byteCount >= offset + 8 else { return }
      if seen & bit != 0, next != 60 { seen |= 1 << 7 }
      // A header after one that should follow it (RFC 8200, 4.1).
      if seen & ~1 >= bit << 1, bit != 2 { seen |= 1 << 8 }
      seen |= bit
      let header = next
      next = frame.byte(offset)
      if header == 44 {
        let word = frame.word16(offset + 2)
        if word & 0xfff9 != 0 { fragment = word & 0xfff8 != 0 ? 3 : 1 }
        offset += 8
        if fragment & 2 != 0 {
          isComplete = true
          return
        }
      } else {
        let length = Int(frame.byte(offset + 1))
        offset += header == 51 ? (length + 2) * 4 : (length + 1) * 8
      }
      guard offset <= frame.byteCount else { return }
    }
  }

  /// The bit of a header; `nil` for what is none.
  private static func bit(of header: UInt8) -> UInt16? {
    switch header {
    case 50: nil  // What follows is encrypted.
    case 51: 1 << 2
    case 60: 1 << 3
    case 44: 1 << 4
    case 43: 1 << 5
    case 0: 1 << 6
    default: nil
    }
  }
}
