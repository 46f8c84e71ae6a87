internal import Glibc
internal import MartletDevice
internal import MartletStack
internal import MartletWire

/// bind, listen, accept, and who is at either end.
extension StackCore {
  /// Gives a socket its own end.
  mutating func bind(_ socket: Socket, to local: Endpoint) throws(SocketError) {
    guard !socket.isBound else { throw SocketError(EINVAL) }
    switch (socket.kind, socket.state) {
    case (.datagram, .closed):
      try open(socket, on: local)
    case (.stream, .closed):
      guard isOwn(local.address) else { throw SocketError(EADDRNOTAVAIL) }
      var local = local
      if local.port == 0 {
        local.port = try freePort(at: local.address)
      } else if isTaken(local, for: socket) {
        throw SocketError(EADDRINUSE)
      }
      socket.local = local
    default: throw SocketError(EINVAL)
    }
    socket.isBound = true
  }

  /// Whether an address is this stack's, or any of it.
  private func isOwn(_ address: IPv4Address) -> Bool {
    address.isUnspecified || address.isLoopback || address == settings.prefix.address
  }

  /// Whether a port is somebody else's. As Linux, two that both set SO_REUSEADDR share one unless one
  /// of them listens.
  private func isTaken(_ local: Endpoint, for socket: Socket) -> Bool {
    for case let other? in sockets where other !== socket && other.kind == .stream {
      guard other.local.port == local.port, overlaps(other.local.address, local.address) else {
        continue
      }
      var isListening = false
      if case .listening = other.state { isListening = true }
      if !socket.options.reusesAddress || !other.options.reusesAddress || isListening {
        return true
      }
    }
    return !socket.options.reusesAddress && stack.hasConnection(at: local)
  }

  private func overlaps(_ first: IPv4Address, _ second: IPv4Address) -> Bool {
    first.isUnspecified || second.isUnspecified || first == second
  }

  /// A port that nobody has, from the dynamic range (RFC 6335).
  private func freePort(at address: IPv4Address) throws(SocketError) -> UInt16 {
    let probe = Socket(.stream)
    let start = UInt32.random(in: 0..<16_384)
    for step in 0..<UInt32(16_384) {
      let port = UInt16(truncatingIfNeeded: 49_152 + (start + step) % 16_384)
      if !isTaken(Endpoint(address, port: port), for: probe) { return port }
    }
    throw SocketError(EADDRINUSE)
  }

  /// Begins to take connections.
  mutating func listen(_ socket: Socket, backlog: Int32) throws(SocketError) {
    guard socket.kind == .stream else { throw SocketError(EOPNOTSUPP) }
    switch socket.state {
    case .listening: return
    case .closed: break
    default: throw SocketError(EINVAL)
    }
    if socket.local.port == 0 { socket.local.port = try freePort(at: socket.local.address) }
    for case let other? in sockets where other !== socket {
      guard case .listening = other.state else { continue }
      guard
        other.local.port != socket.local.port
          || !overlaps(other.local.address, socket.local.address)
      else { throw SocketError(EADDRINUSE) }
    }
    var options = ListenerOptions()
    // Linux lets one more wait than it was told, and no more than somaxconn.
    options.backlog = Int(UInt32(bitPattern: backlog) > 4096 ? 4096 : backlog) + 1
    options.connection = socket.options.effectiveConnection
    do throws(StackError) {
      let handle = try stack.listen(on: socket.local, options: options)
      socket.state = .listening(handle)
      keysOfListeners[handle] = socket.key
    } catch {
      throw SocketError(error)
    }
  }

  /// Takes a connection; `nil` while none waits. Returns the new socket's key.
  mutating func accept(
    _ socket: Socket
  ) throws(SocketError) -> (key: Int, remote: Endpoint)? {
    guard socket.kind == .stream else { throw SocketError(EOPNOTSUPP) }
    guard case .listening(let listener) = socket.state else { throw SocketError(EINVAL) }
    guard let handle = (try? stack.accept(on: listener)) ?? nil,
      let status = try? stack.status(of: handle)
    else { return nil }
    let accepted = Socket(.stream)
    accepted.options = socket.options
    accepted.state = .connected(handle)
    accepted.isConnectReported = true
    accepted.local = status.local
    accepted.remote = status.remote
    let key = add(accepted)
    keysOfConnections[handle] = key
    // It may have ended before anybody took it.
    didEnd(accepted, handle)
    return (key, status.remote)
  }

  /// A socket's peer.
  func peer(of socket: Socket) throws(SocketError) -> Endpoint {
    switch socket.state {
    case .connected, .open:
      guard let remote = socket.remote else { throw SocketError(ENOTCONN) }
      return remote
    default: throw SocketError(ENOTCONN)
    }
  }
}
