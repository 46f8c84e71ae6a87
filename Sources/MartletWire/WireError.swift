/// Why bytes were not a packet, or a packet could not become bytes.
public enum WireError: Error, Equatable, Sendable {
  /// The format needs more bytes than there are.
  case truncated(needed: Int, available: Int)
  /// A length field names an impossible length, in bytes.
  case badLength(Int)
  /// The version field is not the format's.
  case badVersion(Int)
  /// A field holds a value that the format forbids.
  case badField
}
