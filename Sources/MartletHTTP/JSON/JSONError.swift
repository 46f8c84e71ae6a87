/// Why bytes were not taken as JSON (RFC 8259), and where: the offset of the byte in question.
public enum JSONError: Error, Equatable, Sendable {
  /// The text ends too early.
  case truncated(Int)
  /// Something else was due here.
  case unexpected(Int)
  /// Objects and arrays are nested deeper than the reader's limit.
  case tooDeep(Int)
  /// A number that JSON does not have, or with more than 18 digits or an exponent beyond 99.
  case badNumber(Int)
  /// A control character or an escape that JSON does not have, or half a surrogate pair.
  case badString(Int)
  /// A string that is not UTF-8 (RFC 3629).
  case badUTF8(Int)
}
