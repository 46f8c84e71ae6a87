/// A chunk that was begun and not yet ended.
public struct OpenChunk: ~Copyable {
  /// Where its four digits stand.
  let start: Int
}

extension OutputBuffer {
  /// Begins a chunk of up to 65,535 bytes (RFC 9112 section 7.1); append its data, then end it.
  public mutating func beginChunk() -> OpenChunk {
    let start = count
    append("0000\r\n")
    return OpenChunk(start: start)
  }

  /// Ends a chunk: writes its length where it began. An empty chunk is taken back, because it would
  /// end the body.
  public mutating func endChunk(_ chunk: consuming OpenChunk) {
    let length = count - chunk.start - 6
    guard length > 0, length <= 0xFFFF else {
      if length > 0xFFFF { overflow() }
      shrink(to: min(chunk.start, count))
      return
    }
    for digit in 0..<4 {
      let value = UInt8(truncatingIfNeeded: length >> (12 - 4 * digit) & 0xF)
      storage[chunk.start + digit] = value < 10 ? 0x30 + value : 0x61 + value - 10
    }
    append("\r\n")
  }

  /// Ends a body in chunks.
  public mutating func endChunks() { append("0\r\n\r\n") }
}
