extension RequestParser {
  mutating func beginChunk() {
    state = .chunkSize(digits: 0)
    chunkSize = 0
    chunkLineLength = 0
  }

  /// Takes a byte of what surrounds a chunk's data (RFC 9112 section 7.1).
  mutating func takeChunkByte(_ byte: UInt8) throws(RequestError) {
    switch state {
    case .chunkSize(let digits):
      try countChunkLine()
      if let digit = byte.hexDigit {
        chunkSize = chunkSize * 16 + Int(digit)
        guard chunkSize <= limits.bodyLength - bodyLength else { throw .bodyTooLong }
        state = .chunkSize(digits: digits + 1)
      } else {
        // No blank is taken before an extension: some readers stop there, others do not.
        guard digits > 0, byte == .semicolon || byte == .carriageReturn else { throw .badChunk }
        state = byte == .semicolon ? .chunkExtension : .chunkEnd(isSize: true)
      }
    case .chunkExtension:
      try countChunkLine()
      guard byte != .carriageReturn else {
        state = .chunkEnd(isSize: true)
        return
      }
      guard byte.isFieldCharacter else { throw .badChunk }
    case .chunkData:
      guard byte == .carriageReturn else { throw .badChunk }
      state = .chunkEnd(isSize: false)
    case .chunkEnd(let isSize):
      guard byte == .lineFeed else { throw .badChunk }
      if isSize { beginChunkData() } else { beginChunk() }
    default: return
    }
  }

  private mutating func beginChunkData() {
    bodyLength += chunkSize
    state = chunkSize > 0 ? .chunkData(left: chunkSize) : .trailer(start: head.bytes.count)
  }

  private mutating func countChunkLine() throws(RequestError) {
    chunkLineLength += 1
    guard chunkLineLength <= limits.chunkLineLength else { throw .badChunk }
  }
}
