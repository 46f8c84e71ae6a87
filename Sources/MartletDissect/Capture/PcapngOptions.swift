internal import MartletWire

/// Walks the options of a pcapng block.
struct PcapngOptions: ~Escapable {
  /// One option.
  struct Option: ~Escapable {
    let code: UInt16
    let value: RawSpan

    @_lifetime(copy value)
    init(code: UInt16, value: RawSpan) {
      self.code = code
      self.value = value
    }
  }

  private let bytes: RawSpan
  private let order: ByteOrder
  private var offset = 0

  @_lifetime(copy bytes)
  init(_ bytes: RawSpan, order: ByteOrder) {
    self.bytes = bytes
    self.order = order
  }

  /// The next option; `nil` at the end. An end option may be missing.
  @_lifetime(copy self)
  mutating func next() throws(CaptureError.Problem) -> Option? {
    guard offset + 4 <= bytes.byteCount else { return nil }
    let code = order.load(UInt16.self, from: bytes, at: offset)
    guard code != 0 else {
      offset = bytes.byteCount
      return nil
    }
    let start = offset + 4
    let end = start + Int(order.load(UInt16.self, from: bytes, at: offset + 2))
    guard end <= bytes.byteCount else { throw .badOption(Int(code)) }
    offset = start + (end - start + 3) & ~3
    return Option(code: code, value: bytes.extracting(start..<end))
  }
}
