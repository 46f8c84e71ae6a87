/// Why the bytes of a connection are not DWN. The connection is closed: what follows such a byte
/// could mean anything, and must not open a valve.
public enum StreamError: Error, Equatable, Sendable {
  /// No message begins with this byte, or none goes on with it.
  case unexpected(UInt8)
  /// An object is longer than the parser's limit.
  case objectTooLong
  /// A frame says that it has so many bytes: none, or more than the parser's limit.
  case badFrameLength(Int)
}
