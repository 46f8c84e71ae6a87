internal import MartletStack
internal import MartletWire

/// One socket as its stack's core keeps it. Touched under the owner's lock only.
final class Socket {
  /// What it carries.
  enum Kind {
    /// TCP.
    case stream
    /// UDP.
    case datagram
  }

  /// Where it stands.
  enum State {
    /// Neither connected nor listening.
    case closed
    /// It takes connections.
    case listening(ListenerHandle)
    /// Its handshake is under way.
    case connecting(TCPHandle)
    /// It is connected, or was until both sides closed in order.
    case connected(TCPHandle)
    /// Its connection, or the attempt at one, has failed.
    case over
    /// UDP, with a port.
    case open(UDPHandle)
  }

  let kind: Kind
  /// Its number at the core.
  var key = 0
  var state = State.closed
  /// Its own end, as far as it is settled.
  var local = Endpoint(.unspecified, port: 0)
  /// Whether `bind` chose that.
  var isBound = false
  /// Its peer.
  var remote: Endpoint?
  /// What the next call must say (`SO_ERROR`).
  var error: Int32 = 0
  /// Whether a `connect` has said that it is connected.
  var isConnectReported = false
  /// Whether the attempt to connect that failed has not been told by `connect` yet.
  var isFailureUnreported = false
  /// Whether the peer has sent all it will.
  var isPeerClosed = false
  /// Whether reading was ended here.
  var isReadShut = false
  /// Whether writing was ended here.
  var isWriteShut = false
  /// Whether a send found less room than it wanted, and room was not told of since.
  var waitsForRoom = false
  /// Whether the last send said that more follows (MSG_MORE).
  var isMoreToCome = false
  /// A datagram that was looked at and not taken.
  var peeked: PeekedDatagram?
  /// What was set.
  var options = SocketOptions()

  init(_ kind: Kind) { self.kind = kind }

  /// Takes what the next call must say; 0 for nothing.
  func takeError() -> Int32 {
    defer { error = 0 }
    return error
  }

  /// Says what went wrong since the last call, once.
  func throwError() throws(SocketError) {
    let code = takeError()
    guard code == 0 else { throw SocketError(code) }
  }
}
