/// Why bytes were not taken as JSON, and at which byte of the message.
public enum JSONSyntaxError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The text ends too early.
  case truncated(Int)
  /// Something else was due here.
  case unexpected(Int)
  /// Nested deeper than the limit.
  case tooDeep(limit: Int)
  /// Longer than the limit, in bytes.
  case tooLong(limit: Int)
  /// A number that JSON does not have, or one beyond a double's range.
  case badNumber(Int)
  /// A control character, a zero, half a surrogate pair, or an escape that JSON does not have.
  case badString(Int)
  /// A string that is not UTF-8.
  case badUTF8(Int)

  /// One sentence for a person.
  public var description: String {
    switch self {
    case .truncated(let offset): "the text ends at byte \(offset), in the middle of a value"
    case .unexpected(let offset): "byte \(offset) is not what JSON has there"
    case .tooDeep(let limit): "nested deeper than \(limit) levels"
    case .tooLong(let limit): "longer than \(limit) bytes"
    case .badNumber(let offset): "the number at byte \(offset) is none of JSON's, or too large"
    case .badString(let offset):
      "the string at byte \(offset) has a character or escape that JSON forbids"
    case .badUTF8(let offset): "the string at byte \(offset) is not UTF-8"
    }
  }
}
