/// A domain name in a DNS message, seen in place, compression included (RFC 1035, section 4.1.4).
///
/// Its making walked it once and checked everything, so that its labels are walked without error:
/// each pointer leads backwards beyond all that was read, which no loop does, and the name is at
/// most 255 bytes long. Labels are bytes of a stranger's choice; text of them needs escaping.
public struct DNSName: ~Escapable {
  private let message: RawSpan
  private let start: Int
  /// The bytes that the name takes where it stands: a pointer counts two.
  public let encodedLength: Int
  /// The bytes of the name without compression, the root's zero included: 1 to 255.
  public let expandedLength: Int

  /// Reads the name at `offset` of a whole message; throws `truncated` when the message ends within
  /// it, `badLength` when it is longer than 255 bytes, `badField` when a pointer does not lead
  /// backwards or a label is of an unknown kind.
  @_lifetime(copy message)
  public init(in message: RawSpan, at offset: Int) throws(WireError) {
    self.message = message
    start = offset
    var position = offset
    var lowest = offset
    var encodedEnd: Int?
    var expanded = 1
    var jumps = 0
    while true {
      guard position >= 0, position < message.byteCount else {
        throw .truncated(needed: position + 1, available: message.byteCount)
      }
      let length = message.load(UInt8.self, at: position)
      if length == 0 { break }
      if length & 0xC0 == 0xC0 {
        guard position &+ 2 <= message.byteCount else {
          throw .truncated(needed: position &+ 2, available: message.byteCount)
        }
        let target = Int(message.load(UInt16.self, at: position) & 0x3FFF)
        // More pointers than a name may have labels lead nowhere, at the reader's expense.
        jumps &+= 1
        guard target < lowest, jumps < 128 else { throw .badField }
        encodedEnd = encodedEnd ?? position &+ 2
        (position, lowest) = (target, target)
        continue
      }
      guard length & 0xC0 == 0 else { throw .badField }
      expanded &+= 1 &+ Int(length)
      guard expanded <= 255 else { throw .badLength(expanded) }
      position &+= 1 &+ Int(length)
    }
    encodedLength = (encodedEnd ?? position &+ 1) &- offset
    expandedLength = expanded
  }

  /// Its labels, the leftmost first, without the root.
  public var labels: DNSLabelIterator {
    @_lifetime(copy self) get { DNSLabelIterator(message, at: start) }
  }

  /// Whether it is the root.
  public var isRoot: Bool { expandedLength == 1 }

  /// Whether both names are the same; ASCII letters count without case (RFC 4343).
  public func matches(_ other: borrowing DNSName) -> Bool {
    var mine = labels
    var theirs = other.labels
    while true {
      guard let label = mine.next() else { return theirs.next() == nil }
      guard let otherLabel = theirs.next(), equalsIgnoringCase(label, otherLabel) else {
        return false
      }
    }
  }

  /// Whether it is the name that `text` writes with dots, without escapes; a dot at the end is
  /// allowed, case counts as in `matches(_:)`.
  public func matches(text: RawSpan) -> Bool {
    var mine = labels
    var theirs = DNSTextLabels(text)
    while true {
      guard let label = mine.next() else { return theirs.next() == nil }
      guard let otherLabel = theirs.next(), equalsIgnoringCase(label, otherLabel) else {
        return false
      }
    }
  }

  /// Writes the name with dots between its labels, and none at the end, to the start of `bytes`
  /// and returns the length; the root has none. Throws `truncated` when it does not fit; 253 bytes
  /// suffice.
  @_lifetime(bytes: copy bytes)
  public func writeText(into bytes: inout MutableRawSpan) throws(WireError) -> Int {
    let length = max(0, expandedLength &- 2)
    guard bytes.byteCount >= length else {
      throw .truncated(needed: length, available: bytes.byteCount)
    }
    var labels = labels
    var offset = 0
    while let label = labels.next() {
      if offset > 0 {
        bytes.store(UInt8(ascii: "."), at: offset)
        offset &+= 1
      }
      bytes.copy(label, at: offset)
      offset &+= label.byteCount
    }
    return length
  }

  private func equalsIgnoringCase(_ first: RawSpan, _ second: RawSpan) -> Bool {
    guard first.byteCount == second.byteCount else { return false }
    for offset in 0..<first.byteCount {
      let one = lowercased(first.load(at: offset))
      guard one == lowercased(second.load(at: offset)) else { return false }
    }
    return true
  }

  private func lowercased(_ byte: UInt8) -> UInt8 {
    byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
  }
}
