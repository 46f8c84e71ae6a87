/// Cuts a stream of bytes into JSON objects, as JSON-RPC sends them: one after the other, with
/// nothing but blanks between.
///
/// Every byte is looked at once, however it arrives. The length of an object and its depth are
/// bounded, so that a peer cannot make it hold more.
public struct JSONFramer: Sendable {
  /// The deepest nesting taken, in levels; OVSDB's own messages need about ten.
  public static let depthLimit = 100

  /// The longest message taken, in bytes.
  public let lengthLimit: Int
  private var buffer: [UInt8] = []
  /// Where the message under way begins.
  private var start = 0
  /// The next byte to look at.
  private var offset = 0
  private var depth = 0
  private var isInString = false
  private var isEscaped = false

  /// Takes messages of up to `lengthLimit` bytes.
  public init(lengthLimit: Int) { self.lengthLimit = lengthLimit }

  /// The bytes it holds that are not handed out yet.
  public var heldByteCount: Int { buffer.count - start }

  /// Adds what has arrived.
  public mutating func append(_ bytes: [UInt8]) {
    if start > 0 {
      buffer.removeSubrange(..<start)
      offset -= start
      start = 0
    }
    buffer.append(contentsOf: bytes)
  }

  /// The next whole object; `nil` when more bytes are needed.
  ///
  /// - Throws: What is wrong with it. The stream cannot be used after that.
  public mutating func next() throws(JSONSyntaxError) -> JSONValue? {
    while offset < buffer.count {
      let byte = buffer[offset]
      offset += 1
      if isInString {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isInString = false
        }
      } else {
        switch byte {
        case UInt8(ascii: "\"") where depth > 0: isInString = true
        case UInt8(ascii: "{"), UInt8(ascii: "["):
          guard depth > 0 || byte == UInt8(ascii: "{") else { throw .unexpected(0) }
          depth += 1
          guard depth <= Self.depthLimit else { throw .tooDeep(limit: Self.depthLimit) }
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
          depth -= 1
          guard depth >= 0 else { throw .unexpected(0) }
          guard depth == 0 else { break }
          let message = buffer[start..<offset]
          guard message.count <= lengthLimit else { throw .tooLong(limit: lengthLimit) }
          start = offset
          return try JSONParser.parse(message)
        case 0x20, 0x09, 0x0A, 0x0D:
          if depth == 0 { start = offset }
        default:
          guard depth > 0 else { throw .unexpected(0) }
        }
      }
      guard offset - start <= lengthLimit else { throw .tooLong(limit: lengthLimit) }
    }
    return nil
  }
}
