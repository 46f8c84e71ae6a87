/// Writes numbers in network order at the end of an array.
struct ByteWriter {
  private(set) var bytes: [UInt8] = []

  var count: Int { bytes.count }

  mutating func append<Number: FixedWidthInteger>(_ number: Number) {
    var shift = Number.bitWidth
    while shift > 0 {
      shift -= 8
      bytes.append(UInt8(truncatingIfNeeded: number >> Number(truncatingIfNeeded: shift)))
    }
  }

  /// The least `byteCount` bytes of a number.
  mutating func append(_ number: UInt128, byteCount: Int) {
    var place = byteCount
    while place > 0 {
      place -= 1
      bytes.append(place >= 16 ? 0 : UInt8(truncatingIfNeeded: number >> UInt128(place * 8)))
    }
  }

  mutating func append(_ more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }

  mutating func zeros(_ count: Int) {
    bytes.append(contentsOf: repeatElement(0, count: max(0, count)))
  }

  /// Zeros until what was written since `start` is a multiple of 8.
  mutating func pad(since start: Int = 0) { zeros((8 - (bytes.count - start) & 7) & 7) }

  /// A text in a field of fixed size that ends with a zero.
  mutating func append(_ text: String, byteCount: Int) {
    let text = text.utf8.prefix(byteCount - 1)
    bytes.append(contentsOf: text)
    zeros(byteCount - text.count)
  }

  mutating func set(_ number: UInt16, at place: Int) {
    bytes[place] = UInt8(number >> 8)
    bytes[place + 1] = UInt8(number & 255)
  }

  /// Writes what lies between `start` and the end as the length at `place`.
  mutating func setLength(at place: Int, since start: Int) {
    set(UInt16(truncatingIfNeeded: bytes.count - start), at: place)
  }
}
