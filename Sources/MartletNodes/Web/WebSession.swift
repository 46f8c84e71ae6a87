internal import MartletDevice
internal import MartletHTTP
internal import MartletStack

/// What a web server keeps of one connection: a request's head and a few numbers, used again for
/// the next connection.
final class WebSession {
  /// Where the connection stands.
  enum Phase {
    /// A request is awaited, or under way.
    case receiving
    /// An answer is under way.
    case answering
    /// The last answer was sent, and the client's end is awaited: to close before it has read
    /// everything would reset the connection under the answer.
    case lingering
  }

  var handle: TCPHandle
  var parser: RequestParser
  var phase = Phase.receiving
  /// What the request has brought, as far as its site wants it.
  var content: [UInt8] = []
  /// How much it may bring; `nil` when that does not matter.
  var contentLimit: Int?
  /// When patience ends.
  var deadline: Instant
  /// What is left of the answer's body.
  var body: WebBody?
  /// The bytes that are left of it, when that is known.
  var bytesLeft: Int?
  /// Whether the body goes in chunks.
  var isChunked = false
  /// Whether the connection stays open after the answer.
  var keepsAlive = true

  init(_ handle: TCPHandle, limits: Limits, deadline: Instant) {
    self.handle = handle
    parser = RequestParser(limits: limits)
    self.deadline = deadline
  }

  /// Passes to another connection.
  func restart(_ handle: TCPHandle, deadline: Instant) {
    self.handle = handle
    self.deadline = deadline
    parser.reset()
    phase = .receiving
    body = nil
    content.removeAll(keepingCapacity: true)
    contentLimit = nil
    bytesLeft = nil
    isChunked = false
    keepsAlive = true
  }

  /// Whether no request is begun and no answer under way.
  var isIdle: Bool {
    if case .receiving = phase { return parser.isIdle }
    return false
  }
}
