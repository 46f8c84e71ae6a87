/// Gathers the messages that have no fixed length: objects and frames.
struct MessageBody {
  private enum Kind {
    /// A frame whose length is being read.
    case frameLength(digits: Int, value: Int)
    /// A frame that lacks so many bytes.
    case frame(left: Int)
    /// An object, with its open braces; brackets are left to the reader.
    case object(depth: Int, isInString: Bool, isEscaped: Bool)
  }

  private var kind = Kind.frame(left: 0)

  /// An object with its braces, or a frame's type and body.
  private(set) var bytes: [UInt8] = []

  let limit: Int

  init(limit: Int) {
    self.limit = limit
    bytes.reserveCapacity(limit)
  }

  /// Begins an object, whose brace has come.
  mutating func beginObject() {
    bytes.removeAll(keepingCapacity: true)
    bytes.append(0x7B)
    kind = .object(depth: 1, isInString: false, isEscaped: false)
  }

  /// Begins a frame, whose mark has come.
  mutating func beginFrame() {
    bytes.removeAll(keepingCapacity: true)
    kind = .frameLength(digits: 0, value: 0)
  }

  /// Takes a byte; true when it was the last.
  mutating func take(_ byte: UInt8) throws(StreamError) -> Bool {
    switch kind {
    case .frameLength(let digits, let value):
      try takeLength(byte, digits, value)
      return false
    case .frame(let left):
      bytes.append(byte)
      kind = .frame(left: left - 1)
      return left == 1
    case .object(let depth, let isInString, let isEscaped):
      guard bytes.count < limit else { throw .objectTooLong }
      bytes.append(byte)
      return takeObject(byte, depth, isInString, isEscaped)
    }
  }

  private mutating func takeLength(
    _ byte: UInt8, _ digits: Int, _ value: Int
  ) throws(StreamError) {
    let value = value << 8 | Int(byte)
    guard digits == 1 else { return kind = .frameLength(digits: 1, value: value) }
    guard (1...limit).contains(value) else { throw .badFrameLength(value) }
    kind = .frame(left: value)
  }

  private mutating func takeObject(
    _ byte: UInt8, _ depth: Int, _ isInString: Bool, _ isEscaped: Bool
  ) -> Bool {
    var depth = depth
    var isInString = isInString
    var escapes = false
    switch byte {
    case _ where isEscaped: break
    case 0x5C where isInString: escapes = true
    case 0x22: isInString.toggle()
    case 0x7B where !isInString: depth += 1
    case 0x7D where !isInString: depth -= 1
    default: break
    }
    kind = .object(depth: depth, isInString: isInString, isEscaped: escapes)
    return depth == 0
  }
}
