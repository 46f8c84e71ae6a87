internal import MartletWire

/// In which order the writer of a capture file wrote the bytes of a number.
public enum ByteOrder: Sendable, BitwiseCopyable {
  /// The lowest byte first.
  case little
  /// The highest byte first.
  case big
}

extension ByteOrder {
  /// Reads a number at `offset`; traps outside the span.
  func load<T: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    _: T.Type = T.self, from bytes: RawSpan, at offset: Int
  ) -> T {
    let value: T = bytes.load(at: offset)
    return self == .big ? value : value.byteSwapped
  }

  /// Writes a number at the end of `bytes`.
  func append<T: FixedWidthInteger & UnsignedInteger>(_ value: T, to bytes: inout [UInt8]) {
    for index in 0..<T.bitWidth / 8 {
      let place = self == .big ? T.bitWidth - 8 - 8 * index : 8 * index
      bytes.append(UInt8(truncatingIfNeeded: value >> T(place)))
    }
  }
}
