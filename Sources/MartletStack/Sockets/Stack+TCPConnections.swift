public import MartletDevice
internal import MartletWire

/// TCP connections as their user sees them. Every call returns at once.
extension Stack {
  /// Begins to connect. `connected` or `ended` is posted when it is known how that went.
  ///
  /// Without `local`, or with port 0, the address is chosen by the route and the port at random
  /// from 49,152 to 65,535 (RFC 6056). Throws `badAddress`, `noRoute`, `addressNotLocal`,
  /// `portInUse` or `tableFull`.
  public mutating func connect(
    to remote: Endpoint, from local: Endpoint? = nil,
    options: ConnectionOptions = ConnectionOptions(), now: Instant
  ) throws(StackError) -> TCPHandle {
    advance(to: now)
    guard remote.address.isUnicast || remote.address.isLoopback, remote.port != 0 else {
      throw .badAddress(remote.address)
    }
    let asked = local.flatMap { $0.address.isUnspecified ? nil : $0.address }
    if let asked, !addresses.isLocal(asked) { throw .addressNotLocal(asked) }
    guard let route = route(to: remote.address, from: asked, on: nil) else {
      throw .noRoute(remote.address)
    }
    guard !tcp.connections.isFull else { throw .tableFull(.connections) }
    let key = try freeKey(
      remote: remote, localAddress: asked ?? route.source, localPort: local?.port ?? 0)
    let hash = key.hash(secret)
    var connection = Connection(
      key: key, hash: hash, interface: route.interface, state: .synSent,
      initialSend: initialSequence(key), timestampOffset: timestampOffset(key), options: options,
      configuration: configuration,
      pathSegmentSize: Int(pathSegmentSize(key, on: route.interface)), now: now)
    connection.open(now: self.now)
    guard let index = tcp.connections.insert(connection) else { throw .tableFull(.connections) }
    tcp.demux.insert(hash, DemuxTable.Reference(.connection, index))
    counters.tcpActiveOpens &+= 1
    readiness.clear(index)
    settle(index)
    return TCPHandle(index: index, generation: tcp.connections.generation(at: index))
  }

  /// A pair of ends that nothing uses.
  private mutating func freeKey(
    remote: Endpoint, localAddress: IPv4Address, localPort: UInt16
  ) throws(StackError) -> ConnectionKey {
    func key(_ port: UInt16) -> ConnectionKey {
      ConnectionKey(
        localAddress: localAddress, remoteAddress: remote.address, localPort: port,
        remotePort: remote.port)
    }
    if localPort != 0 {
      guard isFree(key(localPort)) else { throw .portInUse(localPort) }
      return key(localPort)
    }
    let span: UInt32 = 16_384
    var offset = random.next(below: span)
    for _ in 0..<span {
      let port = UInt16(truncatingIfNeeded: 49_152 + offset)
      if isFree(key(port)) { return key(port) }
      offset = (offset + 1) % span
    }
    throw .portInUse(0)
  }

  private func isFree(_ key: ConnectionKey) -> Bool {
    tcp.find(key, hash: key.hash(secret)) == .none
  }

  /// The slot of a connection that its user still holds.
  func index(of handle: TCPHandle) throws(StackError) -> Int {
    let index = Int(handle.index)
    // A connection that its user has let go of may live on for a while, but not for the user.
    guard tcp.connections.holds(index, generation: handle.generation),
      !tcp.connections[index].flags.contains(.orphaned)
    else { throw .staleHandle }
    return index
  }

  // MARK: Sending

  /// Takes bytes to send and returns how many: fewer than offered, or none, when the connection's
  /// limit or the stack's memory is reached; `writable` is posted when there is room again.
  ///
  /// Throws `connectionEnded` once the connection has, and `badState` before it is connected or
  /// after `shutdown`.
  public mutating func send(
    _ bytes: RawSpan, on handle: TCPHandle, now: Instant
  ) throws(StackError) -> Int {
    advance(to: now)
    let index = try sendingIndex(of: handle)
    let taken = tcp.connections[index].send(bytes, now: self.now, buffers: &buffers)
    noteStarvation(of: index)
    if taken > 0 { settle(index) }
    return taken
  }

  /// Promises room for up to `count` bytes, and returns for how many: a `send` of no more than that
  /// takes all of them, whatever other connections do in between. After less than `count`, or less
  /// than a third of the connection's limit, `writable` is posted when there is more.
  ///
  /// Throws as `send` does.
  public mutating func sendCapacity(
    of handle: TCPHandle, upTo count: Int = .max
  ) throws(StackError) -> Int {
    let index = try sendingIndex(of: handle)
    let room = tcp.connections[index].grantRoom(upTo: count, blocks: &buffers.blocks)
    noteStarvation(of: index)
    return room
  }

  /// The bytes that a `send` made at once would take; nothing is promised for later. When there are
  /// none, `writable` is posted once there is room again.
  ///
  /// Throws as `send` does.
  public mutating func sendRoom(of handle: TCPHandle) throws(StackError) -> Int {
    let index = try sendingIndex(of: handle)
    let room = tcp.connections[index].sendRoom(blocks: buffers.blocks)
    if room == 0 {
      tcp.connections[index].flags.insert(.wantsWritable)
      noteStarvation(of: index)
    }
    return room
  }

  private func sendingIndex(of handle: TCPHandle) throws(StackError) -> Int {
    let index = try index(of: handle)
    switch tcp.connections[index].state {
    case .closed: throw .connectionEnded(tcp.connections[index].endReason)
    case .established, .closeWait: break
    default: throw .badState
    }
    guard !tcp.connections[index].flags.contains(.finQueued) else { throw .badState }
    return index
  }

  /// Ends the sending side: the peer sees the end of the stream after all that was sent. The
  /// other direction stays open.
  public mutating func shutdown(_ handle: TCPHandle, now: Instant) throws(StackError) {
    advance(to: now)
    let index = try sendingIndex(of: handle)
    tcp.connections[index].shutdownSending()
    settle(index)
  }

  // MARK: Receiving

  /// Copies received bytes to the start of `target`.
  ///
  /// Throws `connectionEnded` when the connection ended otherwise than in order.
  public mutating func receive(
    into target: inout MutableRawSpan, on handle: TCPHandle, now: Instant
  ) throws(StackError) -> ReceiveResult {
    advance(to: now)
    let index = try index(of: handle)
    let available = tcp.connections[index].receiveQueue.byteCount
    guard available > 0 else { return try emptyResult(index) }
    let count = min(available, target.byteCount)
    var cursor = buffers.blocks.cursor(in: tcp.connections[index].receiveQueue, at: 0)
    _ = buffers.blocks.copy(count, from: &cursor, into: &target, at: 0)
    tcp.connections[index].didRead(count, now: self.now, buffers: &buffers)
    settle(index)
    return .bytes(count)
  }

  /// Lends received bytes in place: `body` sees those that lie contiguous, at least one, and
  /// returns how many of them it has used.
  ///
  /// Throws `connectionEnded` when the connection ended otherwise than in order.
  public mutating func withReceived(
    on handle: TCPHandle, now: Instant, _ body: (RawSpan) -> Int
  ) throws(StackError) -> ReceiveResult {
    advance(to: now)
    let index = try index(of: handle)
    guard !tcp.connections[index].receiveQueue.isEmpty else { return try emptyResult(index) }
    let count = lendReceived(index, body)
    tcp.connections[index].didRead(count, now: self.now, buffers: &buffers)
    settle(index)
    return .bytes(count)
  }

  /// Shows `body` the first received bytes and returns how many it has used.
  private func lendReceived(_ index: Int, _ body: (RawSpan) -> Int) -> Int {
    let bytes = buffers.blocks.firstBytes(of: tcp.connections[index].receiveQueue)
    return max(0, min(body(bytes), bytes.byteCount))
  }

  /// Copies received bytes to the start of `target` and leaves them to be received (MSG_PEEK).
  ///
  /// Throws as `receive` does.
  public mutating func peek(
    into target: inout MutableRawSpan, on handle: TCPHandle
  ) throws(StackError) -> ReceiveResult {
    let index = try index(of: handle)
    let available = tcp.connections[index].receiveQueue.byteCount
    guard available > 0 else { return try emptyResult(index) }
    let count = min(available, target.byteCount)
    var cursor = buffers.blocks.cursor(in: tcp.connections[index].receiveQueue, at: 0)
    _ = buffers.blocks.copy(count, from: &cursor, into: &target, at: 0)
    return .bytes(count)
  }

  private func emptyResult(_ index: Int) throws(StackError) -> ReceiveResult {
    switch tcp.connections[index].state {
    case .closed:
      let reason = tcp.connections[index].endReason
      guard reason == .closed else { throw .connectionEnded(reason) }
      return .endOfStream
    case .closeWait, .closing, .lastAck, .timeWait:
      return .endOfStream
    default:
      return .nothingYet
    }
  }

  /// The bytes that wait to be read.
  public func receivedCount(on handle: TCPHandle) throws(StackError) -> Int {
    let index = try index(of: handle)
    return tcp.connections[index].receiveQueue.byteCount
  }

  // MARK: End

  /// Lets go of a connection. What was sent is still delivered; the handle is stale from here on.
  /// Bytes that nobody has read make it a reset.
  public mutating func close(_ handle: TCPHandle, now: Instant) {
    advance(to: now)
    guard let index = try? index(of: handle) else { return }
    let isOver = tcp.connections[index].state == .closed
    readiness.clear(index)
    tcp.connections[index].letGo(now: self.now, buffers: &buffers, configuration: configuration)
    if isOver {
      free(index)
    } else {
      settle(index)
    }
  }

  /// Gives a connection up: the peer is reset, and nothing more is delivered. The handle is stale
  /// from here on.
  public mutating func abort(_ handle: TCPHandle, now: Instant) {
    advance(to: now)
    guard let index = try? index(of: handle) else { return }
    let isOver = tcp.connections[index].state == .closed
    readiness.clear(index)
    tcp.connections[index].abort(buffers: &buffers)
    if isOver {
      free(index)
    } else {
      settle(index)
    }
  }

  // MARK: Looking

  /// What is known of a connection.
  public func status(of handle: TCPHandle) throws(StackError) -> TCPStatus {
    TCPStatus(tcp.connections[try index(of: handle)])
  }

  /// Sets whether small segments go at once.
  public mutating func setNoDelay(_ isOn: Bool, on handle: TCPHandle) throws(StackError) {
    let index = try index(of: handle)
    if isOn {
      tcp.connections[index].flags.insert(.noDelay)
      tcp.connections[index].outcome.insert(.transmit)
      settle(index)
    } else {
      tcp.connections[index].flags.remove(.noDelay)
    }
  }
}
