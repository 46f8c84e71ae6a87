import MartletDevice
import MartletRing
import MartletStack
import MartletWire

/// Names a socket, to whatever thread. Stale, never dangling, once it is closed.
typealias SocketHandle = Handle<KernelSocket>

/// What a thread may ask of the softIRQ.
enum SocketOperation: Sendable {
  /// A new socket: the completion names it.
  case create(SocketKind)
  /// Fixes a socket's own end.
  case bind(SocketHandle, Endpoint)
  /// Makes a stream take connections; so many may wait to be accepted.
  case listen(SocketHandle, backlog: Int)
  /// The connection that has waited longest, as a new socket.
  case accept(SocketHandle)
  /// Connects a stream; fixes the other end of a datagram socket.
  case connect(SocketHandle, Endpoint)
  /// Sends the buffer: all of it, behind what was asked to be sent before.
  case send(SocketHandle)
  /// Sends the buffer as one datagram.
  case sendTo(SocketHandle, Endpoint)
  /// Sends the buffer as an ICMP echo request.
  case sendEcho(SocketHandle, IPv4Address, sequence: UInt16, timeToLive: UInt8?)
  /// Fills the buffer with what has arrived, at least one byte; none at the stream's end.
  case receive(SocketHandle)
  /// Ends the sending side.
  case shutdown(SocketHandle)
  /// Ends the socket; whoever waits on it is told.
  case close(SocketHandle)
  /// Waits until one of these sockets is ready.
  case poll(PollSet)
}

/// The kinds of sockets.
enum SocketKind: Sendable {
  /// TCP.
  case stream
  /// UDP.
  case datagram
  /// ICMP echo.
  case echo
}

/// How an operation ended well.
enum SocketResult: Sendable {
  case done
  /// A new socket.
  case socket(SocketHandle)
  /// So many bytes were moved.
  case bytes(Int)
  /// A datagram of so many bytes came from there.
  case datagram(Int, from: Endpoint)
  /// An echo reply of so many bytes.
  case echo(Int, EchoReply)
  /// A router's answer to an echo request.
  case echoError(EchoError)
  /// Which of the polled sockets are ready, one bit each.
  case ready(UInt8)
}

/// Why an operation failed.
enum SocketError: Error, Equatable, Sendable {
  /// The socket was closed, before or meanwhile.
  case closed
  /// It was asked not to wait, and would have to.
  case wouldBlock
  /// Its deadline came first.
  case timedOut
  /// There are no more sockets, or this thread has too much under way.
  case tooMany
  /// The operation does not fit the socket.
  case unsuitable
  /// The stack refused, or the connection ended.
  case stack(StackError)
}

/// Up to eight sockets and what is waited for at each.
struct PollSet: Sendable {
  static let capacity = 8
  private(set) var count = 0
  private var handles = InlineArray<8, SocketHandle>(repeating: SocketHandle(rawValue: 0))
  private var writes: UInt8 = 0

  /// Adds a socket; false when there are eight.
  mutating func insert(_ handle: SocketHandle, forWriting: Bool = false) -> Bool {
    guard count < Self.capacity else { return false }
    handles[count] = handle
    if forWriting { writes |= 1 << UInt8(count) }
    count += 1
    return true
  }

  subscript(index: Int) -> (handle: SocketHandle, isForWriting: Bool) {
    (handles[index], writes & 1 << UInt8(index) != 0)
  }
}
