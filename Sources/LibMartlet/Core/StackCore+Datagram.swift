internal import Glibc
internal import MartletDevice
internal import MartletStack
internal import MartletWire

/// UDP.
extension StackCore {
  /// Opens a socket's port.
  mutating func open(_ socket: Socket, on local: Endpoint) throws(SocketError) {
    do throws(StackError) {
      let handle = try stack.openUDP(on: local)
      socket.state = .open(handle)
      socket.local = try stack.localEndpoint(of: handle)
      try stack.setOptions(socket.options.effectiveDatagram, of: handle)
      keysOfPorts[handle] = socket.key
    } catch {
      throw SocketError(error)
    }
  }

  /// The port of a socket, opened if it has none yet.
  private mutating func port(of socket: Socket) throws(SocketError) -> UDPHandle {
    if case .open(let handle) = socket.state { return handle }
    try open(socket, on: Endpoint(.unspecified, port: 0))
    guard case .open(let handle) = socket.state else { throw SocketError(EINVAL) }
    return handle
  }

  /// Fixes the peer, or frees the socket of it.
  mutating func connectDatagram(
    _ socket: Socket, to remote: Endpoint?
  ) throws(SocketError) {
    guard var remote else {
      if case .open(let handle) = socket.state { try? stack.connect(handle, to: nil) }
      socket.remote = nil
      if !socket.isBound { letGo(socket, now: now) }
      socket.reset()
      return
    }
    if remote.address.isUnspecified { remote.address = .loopback }
    guard let source = stack.sourceAddress(to: remote.address) else {
      throw SocketError(ENETUNREACH)
    }
    let isBroadcast = remote.address.isBroadcast || remote.address == settings.prefix.broadcast
    guard !isBroadcast || socket.options.datagram.broadcast else { throw SocketError(EACCES) }
    let handle = try port(of: socket)
    // Port 0 is nobody's: the stack refuses it, and Linux's sends to it are lost.
    if remote.port != 0 {
      do throws(StackError) { try stack.connect(handle, to: remote) } catch {
        throw SocketError(error)
      }
    }
    socket.remote = remote
    if socket.local.address.isUnspecified { socket.local.address = source }
  }

  /// Sends a datagram; `nil` while there is no room.
  mutating func sendDatagram(
    _ bytes: RawSpan, to remote: Endpoint?, on socket: Socket, now: Instant
  ) throws(SocketError) -> Int? {
    guard var remote = remote ?? socket.remote else { throw SocketError(EDESTADDRREQ) }
    guard remote.port != 0 else { throw SocketError(EINVAL) }
    guard !socket.isWriteShut else { throw SocketError(EPIPE) }
    if remote.address.isUnspecified { remote.address = .loopback }
    try socket.throwError()
    let handle = try port(of: socket)
    do throws(StackError) {
      try stack.send(bytes, to: remote, on: handle, now: now)
      return bytes.byteCount
    } catch {
      guard case .wouldBlock = error else { throw SocketError(error) }
      socket.waitsForRoom = true
      return nil
    }
  }

  /// Takes a datagram into `target` and returns who sent it and its whole length; `nil` while there
  /// is none.
  mutating func receiveDatagram(
    into target: inout MutableRawSpan, isPeek: Bool, on socket: Socket
  ) throws(SocketError) -> (source: Endpoint?, length: Int)? {
    try socket.throwError()
    if isPeek { peek(socket) }
    if let peeked = socket.peeked {
      if !isPeek { socket.peeked = nil }
      copy(peeked.bytes, into: &target)
      return (peeked.source, peeked.bytes.count)
    }
    guard case .open(let handle) = socket.state,
      let datagram = (try? stack.receive(from: handle, into: &target)) ?? nil
    else { return socket.isReadShut ? (nil, 0) : nil }
    return (datagram.source, datagram.length)
  }

  /// Takes the next datagram aside, to be looked at.
  mutating func peek(_ socket: Socket) {
    guard socket.peeked == nil, case .open(let handle) = socket.state else { return }
    let taken = try? stack.withDatagram(from: handle) { bytes, datagram in
      PeekedDatagram(bytes: bytes, source: datagram.source)
    }
    socket.peeked = taken ?? nil
  }

  private func copy(_ bytes: [UInt8], into target: inout MutableRawSpan) {
    for index in 0..<min(bytes.count, target.byteCount) {
      target.storeBytes(of: bytes[index], toByteOffset: index, as: UInt8.self)
    }
  }

  /// Ends one or both directions here; nobody is told.
  mutating func shutdownDatagram(
    _ socket: Socket, reading: Bool, writing: Bool
  ) throws(SocketError) {
    if reading { socket.isReadShut = true }
    if writing { socket.isWriteShut = true }
    noteOwnNews(of: socket)
    guard socket.remote != nil else { throw SocketError(ENOTCONN) }
  }
}
