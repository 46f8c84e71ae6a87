internal import Glibc
internal import MartletStack

/// What sockets hear.
extension StackCore {
  mutating func nextNews() -> Int? {
    if let key = ownNews.popLast() { return key }
    while stack.nextStackEvent() != nil {}
    while let event = stack.nextEvent() {
      if let key = take(event) { return key }
    }
    return nil
  }

  /// Takes an event in; the socket that it concerns, or `nil` when nobody holds that any more.
  private mutating func take(_ event: SocketEvent) -> Int? {
    switch event {
    case .tcp(let handle, let news):
      guard let key = keysOfConnections[handle], let socket = sockets[key] else { return nil }
      take(news, of: handle, for: socket)
      return key
    case .listener(let handle, _):
      return keysOfListeners[handle]
    case .udp(let handle, let news):
      guard let key = keysOfPorts[handle], let socket = sockets[key] else { return nil }
      if news.contains(.writable) { socket.waitsForRoom = false }
      if news.contains(.error), let reason = (try? stack.takeError(of: handle)) ?? nil {
        socket.error = reason.code
      }
      return key
    case .echo: return nil
    }
  }

  private mutating func take(_ news: Readiness, of handle: TCPHandle, for socket: Socket) {
    if news.contains(.writable) { socket.waitsForRoom = false }
    if news.contains(.connected), case .connecting = socket.state { didConnect(socket, handle) }
    if news.contains(.ended) { didEnd(socket, handle) }
    if news.contains(.peerClosed) { socket.isPeerClosed = true }
  }

  /// A handshake is complete.
  private func didConnect(_ socket: Socket, _ handle: TCPHandle) {
    socket.state = .connected(handle)
    if let status = try? stack.status(of: handle) { socket.local = status.local }
  }

  /// A connection has ended. One that both sides closed keeps what its reader has not read.
  mutating func didEnd(_ socket: Socket, _ handle: TCPHandle) {
    guard let status = try? stack.status(of: handle), status.state == .closed else { return }
    var isAttempt = false
    if case .connecting = socket.state { isAttempt = true }
    guard isAttempt || status.endReason != .closed else {
      socket.isPeerClosed = true
      return
    }
    // As Linux: who was told of the peer's end before hears of a broken pipe.
    let isLate = socket.isPeerClosed && status.endReason == .reset
    socket.error = isLate ? EPIPE : status.endReason.code
    socket.isFailureUnreported = isAttempt
    socket.isPeerClosed = true
    keysOfConnections[handle] = nil
    stack.close(handle, now: now)
    socket.state = .over
  }
}
