/// What takes TCP connections, on whichever stack.
public protocol StreamListener: AnyObject, Sendable {
  /// What `accept` gives.
  associatedtype Connection: StreamConnection

  /// Where it listens, the port chosen if 0 was asked for.
  var localEndpoint: Endpoint { get }

  /// Waits for a connection and takes it.
  func accept() async throws(NetworkError) -> Connection

  /// Stops listening; connections not yet accepted are reset. Without effect the second time.
  func close() async
}

extension StreamListener {
  /// Accepts one connection after the other until the listener is closed, or the task cancelled.
  public var connections: AcceptedConnections<Self> { AcceptedConnections(listener: self) }
}

/// The connections of a listener, one after the other.
public struct AcceptedConnections<Listener: StreamListener>: AsyncSequence, AsyncIteratorProtocol {
  let listener: Listener

  /// Itself: all iterators share the listener.
  public func makeAsyncIterator() -> Self { self }

  /// The next connection; `nil` when the listener was closed or the task cancelled.
  public func next(
    isolation actor: isolated (any Actor)? = #isolation
  ) async throws(NetworkError) -> Listener.Connection? {
    do throws(NetworkError) {
      return try await listener.accept()
    } catch {
      guard error == .closed || error == .cancelled else { throw error }
      return nil
    }
  }
}
