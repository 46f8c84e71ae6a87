/// A UDP socket, on whichever stack.
public protocol DatagramSocket: AnyObject, Sendable {
  /// Where it is bound, the port chosen if 0 was asked for.
  var localEndpoint: Endpoint { get }

  /// Sends one datagram, waiting while queues are full.
  func send(_ bytes: RawSpan, to peer: Endpoint) async throws(NetworkError)

  /// Waits for a datagram and shows it in place, with its sender.
  func withReceived<Result: Sendable>(
    _ body: @Sendable (RawSpan, Endpoint) -> Result
  ) async throws(NetworkError) -> Result

  /// Closes the socket; datagrams not yet received are lost. Without effect the second time.
  func close() async
}
