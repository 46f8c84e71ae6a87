import MartletWire

extension RawSpan {
  /// Loads an integer that a PC's firmware or card wrote; traps outside the span.
  func loadLittle<T: FixedWidthInteger & BitwiseCopyable>(
    _: T.Type = T.self, at offset: Int
  ) -> T {
    load(T.self, at: offset).byteSwapped
  }

  /// Whether the bytes at `offset` are those of `text`; false where the span is too short.
  func has(_ text: StaticString, at offset: Int = 0) -> Bool {
    guard offset >= 0, offset <= byteCount, text.utf8CodeUnitCount <= byteCount - offset else {
      return false
    }
    return text.withUTF8Buffer { expected in
      for index in 0..<expected.count
      where unsafe expected[index] != load(UInt8.self, at: offset + index) {
        return false
      }
      return true
    }
  }

  /// The sum of all bytes modulo 256: zero over a table whose checksum is right.
  var byteSum: UInt8 {
    var sum: UInt8 = 0
    for offset in 0..<byteCount { sum &+= load(UInt8.self, at: offset) }
    return sum
  }
}
