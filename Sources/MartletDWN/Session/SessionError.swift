/// Why a frame was not believed. The connection is closed.
public enum SessionError: Error, Equatable, Sendable {
  /// A frame of this type has another length, or says what it may not say.
  case malformed(FrameType)
  /// This type was not due.
  case unexpected(FrameType)
  /// The peer does not have the key, or somebody has changed a byte.
  case badTag
  /// A frame is missing, or came before.
  case outOfOrder(expected: UInt64, UInt64)
}
