/// What a response begins with.
public struct ResponseHead: Sendable {
  /// How the client finds the body's end.
  public enum Framing: Equatable, Sendable {
    /// The body has this many bytes.
    case length(Int)
    /// The body comes in chunks: see ``OutputBuffer/beginChunk()``. HTTP/1.1 only.
    case chunked
    /// The body ends with the connection: a stream to an HTTP/1.0 client.
    case untilClose
    /// There is no body and no length: 204 and 1xx.
    case none
  }

  /// The status.
  public var status: Status
  /// The body's media type; empty for none.
  public var contentType: Literal
  /// How the body's end is found.
  public var framing: Framing
  /// Whether the connection stays open afterwards. Never with ``Framing/untilClose``.
  public var keepsAlive: Bool

  /// Makes a head.
  public init(
    _ status: Status, contentType: Literal = "", framing: Framing, keepsAlive: Bool
  ) {
    self.status = status
    self.contentType = contentType
    self.framing = framing
    self.keepsAlive = keepsAlive && framing != .untilClose
  }
}
