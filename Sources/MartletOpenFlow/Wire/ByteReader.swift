/// Reads numbers in network order from part of an array. Whoever reads checks `remaining` first, or is
/// given the error that he said.
struct ByteReader {
  let bytes: [UInt8]
  private(set) var offset: Int
  let end: Int

  init(_ bytes: [UInt8], from offset: Int = 0) {
    self.bytes = bytes
    self.offset = min(offset, bytes.count)
    end = bytes.count
  }

  private init(_ bytes: [UInt8], from offset: Int, to end: Int) {
    self.bytes = bytes
    self.offset = offset
    self.end = end
  }

  var remaining: Int { end - offset }
  var isAtEnd: Bool { offset >= end }

  func need(_ count: Int, or error: OpenFlowError) throws(OpenFlowError) {
    guard count >= 0, remaining >= count else { throw error }
  }

  mutating func read<Number: FixedWidthInteger>(
    _: Number.Type, or error: OpenFlowError = .badLength
  ) throws(OpenFlowError) -> Number {
    let count = Number.bitWidth / 8
    try need(count, or: error)
    var number: Number = 0
    for place in offset..<offset + count {
      number =
        Number.bitWidth == 8
        ? Number(truncatingIfNeeded: bytes[place])
        : number << 8 | Number(truncatingIfNeeded: bytes[place])
    }
    offset += count
    return number
  }

  /// A number of up to 16 bytes.
  mutating func read(byteCount: Int, or error: OpenFlowError) throws(OpenFlowError) -> UInt128 {
    try need(byteCount, or: error)
    var number: UInt128 = 0
    for place in offset..<offset + byteCount { number = number << 8 | UInt128(bytes[place]) }
    offset += byteCount
    return number
  }

  mutating func skip(_ count: Int, or error: OpenFlowError = .badLength) throws(OpenFlowError) {
    try need(count, or: error)
    offset += count
  }

  /// The next bytes as a reader of their own.
  mutating func take(
    _ count: Int, or error: OpenFlowError = .badLength
  ) throws(OpenFlowError) -> ByteReader {
    try need(count, or: error)
    defer { offset += count }
    return ByteReader(bytes, from: offset, to: offset + count)
  }

  /// All that is left.
  mutating func rest() -> [UInt8] {
    defer { offset = end }
    return Array(bytes[offset..<end])
  }

  /// A text in a field of fixed size.
  mutating func text(_ count: Int) throws(OpenFlowError) -> String {
    var field = try take(count)
    return String(decoding: field.rest().prefix { $0 != 0 }, as: UTF8.self)
  }
}
