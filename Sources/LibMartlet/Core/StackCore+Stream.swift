internal import Glibc
internal import MartletDevice
internal import MartletStack
internal import MartletWire

/// TCP.
extension StackCore {
  // MARK: Connecting

  /// Connects, or looks how that goes: true once connected, false while it is under way.
  ///
  /// `isFirst`: the call has just begun; what it finds is its own doing only later.
  mutating func connect(
    _ socket: Socket, to remote: Endpoint, isFirst: Bool, isImmediate: Bool, now: Instant
  ) throws(SocketError) -> Bool {
    switch socket.state {
    case .closed:
      try beginConnect(socket, to: remote, now: now)
      guard !isImmediate else { throw SocketError(EINPROGRESS) }
      return false
    case .connecting:
      guard !isFirst || !isImmediate else { throw SocketError(EALREADY) }
      return false
    case .connected:
      guard !socket.isConnectReported else { throw SocketError(EISCONN) }
      socket.isConnectReported = true
      return true
    case .over:
      guard socket.isFailureUnreported else { throw SocketError(EISCONN) }
      // Told once; then it may try again.
      let code = socket.takeError()
      socket.reset()
      throw SocketError(code == 0 ? ECONNABORTED : code)
    case .listening, .open: throw SocketError(EISCONN)
    }
  }

  private mutating func beginConnect(
    _ socket: Socket, to remote: Endpoint, now: Instant
  ) throws(SocketError) {
    var remote = remote
    // To nobody means to oneself.
    if remote.address.isUnspecified { remote.address = .loopback }
    do throws(StackError) {
      let local = socket.local.port == 0 && socket.local.address.isUnspecified ? nil : socket.local
      let handle = try stack.connect(
        to: remote, from: local, options: socket.effectiveConnection, now: now)
      socket.state = .connecting(handle)
      socket.remote = remote
      if let status = try? stack.status(of: handle) { socket.local = status.local }
      keysOfConnections[handle] = socket.key
    } catch {
      if case .portInUse = error { throw SocketError(EADDRNOTAVAIL) }
      throw SocketError(error)
    }
  }

  /// Takes a connection apart: `connect` with `AF_UNSPEC`.
  mutating func disconnect(_ socket: Socket, now: Instant) {
    if case .connected(let handle) = socket.state { stack.abort(handle, now: now) }
    letGo(socket, now: now)
    socket.reset()
  }

  // MARK: Sending

  /// Sends what it can and returns how many bytes; `nil` while there is no room.
  ///
  /// `isMore`: more follows, so that what fills no segment waits for it.
  mutating func send(
    _ bytes: RawSpan, isMore: Bool, on socket: Socket, now: Instant
  ) throws(SocketError) -> Int? {
    try socket.throwError()
    guard !socket.isWriteShut else { throw SocketError(EPIPE) }
    switch socket.state {
    case .closed, .listening, .over, .open: throw SocketError(EPIPE)
    case .connecting: return nil
    case .connected(let handle):
      do throws(StackError) {
        if isMore != socket.isMoreToCome {
          socket.isMoreToCome = isMore
          try stack.setOptions(socket.effectiveConnection, of: handle, now: now)
        }
        let count = try stack.send(bytes, on: handle, now: now)
        socket.waitsForRoom = count < bytes.byteCount
        return count > 0 || bytes.byteCount == 0 ? count : nil
      } catch {
        throw SocketError(EPIPE)
      }
    }
  }

  // MARK: Receiving

  /// Reads into `target` and returns how many bytes, 0 at the end; `nil` while there are none.
  mutating func receive(
    into target: inout MutableRawSpan, isPeek: Bool, on socket: Socket, now: Instant
  ) throws(SocketError) -> Int? {
    switch socket.state {
    case .closed, .listening, .open: throw SocketError(ENOTCONN)
    case .connecting: return nil
    case .over:
      try socket.throwError()
      return 0
    case .connected(let handle):
      let result: ReceiveResult
      do throws(StackError) {
        result =
          isPeek
          ? try stack.peek(into: &target, on: handle)
          : try stack.receive(into: &target, on: handle, now: now)
      } catch {
        didEnd(socket, handle)
        try socket.throwError()
        return 0
      }
      switch result {
      case .bytes(let count): return count
      case .endOfStream: return 0
      case .nothingYet: return socket.isReadShut ? 0 : nil
      }
    }
  }

  // MARK: Ending

  /// shutdown of a stream.
  mutating func shutdown(
    _ socket: Socket, reading: Bool, writing: Bool, now: Instant
  ) throws(SocketError) {
    switch socket.state {
    case .closed, .over, .open: throw SocketError(ENOTCONN)
    case .listening, .connecting:
      guard reading || !isListening(socket) else { return }
      letGo(socket, now: now)
      socket.reset()
    case .connected(let handle):
      guard (try? stack.status(of: handle))?.state != .closed else { throw SocketError(ENOTCONN) }
      if reading { socket.isReadShut = true }
      if writing, !socket.isWriteShut {
        socket.isWriteShut = true
        try? stack.shutdown(handle, now: now)
      }
    }
    noteOwnNews(of: socket)
  }

  /// Gives a connection up: the peer is reset.
  mutating func abort(_ socket: Socket, now: Instant) {
    if case .connected(let handle) = socket.state { stack.abort(handle, now: now) }
    letGo(socket, now: now)
  }

  /// Whether sent bytes are not acknowledged yet.
  func hasUnsent(_ socket: Socket) -> Bool {
    guard case .connected(let handle) = socket.state,
      let status = try? stack.status(of: handle), status.state != .closed
    else { return false }
    return status.sendQueueCount > 0
  }

  /// Whether received bytes wait to be read.
  func hasUnread(_ socket: Socket) -> Bool {
    guard case .connected(let handle) = socket.state else { return false }
    return ((try? stack.receivedCount(on: handle)) ?? 0) > 0
  }

  private func isListening(_ socket: Socket) -> Bool {
    if case .listening = socket.state { return true }
    return false
  }

  /// Wakes who waits on a socket that was changed by a call.
  mutating func noteOwnNews(of socket: Socket) {
    ownNews.append(socket.key)
  }
}

extension Socket {
  /// What its connection is to be set to.
  var effectiveConnection: ConnectionOptions {
    var options = options.effectiveConnection
    if isMoreToCome { options.isCorked = true }
    return options
  }

  /// Makes it as new, but for its options and its bound end.
  func reset() {
    state = .closed
    remote = nil
    if !isBound { local = Endpoint(.unspecified, port: 0) }
    error = 0
    isConnectReported = false
    isFailureUnreported = false
    isPeerClosed = false
    isReadShut = false
    isWriteShut = false
    waitsForRoom = false
    isMoreToCome = false
  }
}
