/// Walks the options of a DHCP message: those behind the cookie, then those in `file` and `sname`
/// when the overload option says that these hold some (RFC 2131, section 4.1).
public struct DHCPv4OptionIterator: ~Escapable {
  let bytes: RawSpan
  private var offset = 240
  private var end: Int
  /// The fields still to walk, as the overload option numbers them: 1 is `file`, 2 `sname`.
  private var pending: UInt8 = 0
  private var isInMainField = true
  /// Whether an option reached beyond its field, so that the rest of the field was not read.
  public private(set) var isMalformed = false

  @_lifetime(copy bytes)
  init(_ bytes: RawSpan) {
    self.bytes = bytes
    end = bytes.byteCount
  }

  /// The next option; `nil` at the end. A missing end option is forgiven.
  @_lifetime(copy self)
  public mutating func next() -> DHCPv4Option? {
    while true {
      guard offset < end else {
        guard enterNextField() else { return nil }
        continue
      }
      let code: UInt8 = bytes.load(at: offset)
      switch code {
      case 0: offset &+= 1
      case 255: offset = end
      default:
        let start = offset &+ 2
        let length = start <= end ? Int(bytes.load(UInt8.self, at: offset &+ 1)) : 0
        guard start <= end, length <= end &- start else {
          isMalformed = true
          offset = end
          continue
        }
        offset = start &+ length
        noteOverload(code, at: start, length: length)
        return DHCPv4Option(
          code: .init(rawValue: code), data: bytes.extracting(start..<offset))
      }
    }
  }

  private mutating func noteOverload(_ code: UInt8, at start: Int, length: Int) {
    guard code == 52, length == 1, isInMainField else { return }
    pending = bytes.load(UInt8.self, at: start) & 3
  }

  private mutating func enterNextField() -> Bool {
    isInMainField = false
    if pending & 1 != 0 {
      pending &= 2
      (offset, end) = (108, 236)
    } else if pending & 2 != 0 {
      pending = 0
      (offset, end) = (44, 108)
    } else {
      return false
    }
    return true
  }
}
