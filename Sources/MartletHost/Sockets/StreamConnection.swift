/// A TCP connection, on whichever stack.
///
/// One task may read while another writes; two that read, or two that write, take turns in no
/// promised order. A connection that is let go of without `close` is aborted.
///
/// A requirement for whoever conforms: an operation whose task is cancelled throws
/// `NetworkError.cancelled`, has consumed nothing that it does not report, and leaves nothing
/// waiting.
public protocol StreamConnection: AnyObject, Sendable {
  /// This side's address and port.
  var localEndpoint: Endpoint { get }
  /// The peer's address and port.
  var remoteEndpoint: Endpoint { get }

  /// Waits for bytes and shows up to `limit` of them in place; they count as read when `body`
  /// returns. An empty span says that the peer has sent all it will.
  func withReceived<Result: Sendable>(
    upTo limit: Int, _ body: @Sendable (RawSpan) -> Result
  ) async throws(NetworkError) -> Result

  /// Waits for bytes, copies as many as there are and fit, and returns how many; 0 says that the
  /// peer has sent all it will.
  func read(into buffer: inout MutableRawSpan) async throws(NetworkError) -> Int

  /// Sends all of `bytes`, waiting while the peer takes no more. They are the caller's again when it
  /// returns. Of a write that was cancelled while it waited, a part has been sent.
  func write(_ bytes: RawSpan) async throws(NetworkError)

  /// Says that nothing more will be written; reading goes on. Without effect the second time, or
  /// when the peer has gone.
  func finish() async throws(NetworkError)

  /// Ends both directions in order: what was written still arrives. Without effect the second time.
  func close() async

  /// Ends the connection at once: what was written may be lost, and the peer is told.
  func abort() async
}

extension StreamConnection {
  /// Waits for bytes and shows all there are in place.
  public func withReceived<Result: Sendable>(
    _ body: @Sendable (RawSpan) -> Result
  ) async throws(NetworkError) -> Result {
    try await withReceived(upTo: .max, body)
  }
}
