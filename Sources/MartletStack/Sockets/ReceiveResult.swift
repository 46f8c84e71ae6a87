/// What a read of a stream found.
public enum ReceiveResult: Equatable, Sendable, BitwiseCopyable {
  /// This many bytes, at least one.
  case bytes(Int)
  /// Nothing yet: `readable` says when to try again.
  case nothingYet
  /// The peer has sent all it will, and all of it has been read.
  case endOfStream
}
