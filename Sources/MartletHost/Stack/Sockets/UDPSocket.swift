internal import MartletDevice
public import MartletStack
public import MartletWire

/// A UDP socket of our own stack.
public actor UDPSocket: DatagramSocket {
  /// Where it is bound.
  public nonisolated let localEndpoint: Endpoint
  private nonisolated let network: NetworkStack
  private let handle: UDPHandle
  private let signal: SocketSignal
  private var remote: Endpoint?
  private var isClosed = false

  /// The loop that runs it.
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe network.loop.asUnownedSerialExecutor()
  }

  /// On the loop's thread: takes over a socket.
  init(_ handle: UDPHandle, of network: NetworkStack) {
    localEndpoint =
      (try? network.driver.stack.localEndpoint(of: handle)) ?? Endpoint(.unspecified, port: 0)
    self.network = network
    self.handle = handle
    signal = network.driver.makeSignal(of: .udp(handle))
  }

  // Not an isolated one: Swift 6.3 fails on it when it optimises a module that uses this one.
  deinit {
    guard !isClosed else { return }
    network.loop.perform { [driver = network.driver, handle] in driver.close(handle) }
  }

  private nonisolated var driver: StackDriver { network.driver }

  // MARK: Sending

  /// Sends one datagram, waiting while the interface's queue is full.
  public func send(_ bytes: RawSpan, to peer: Endpoint) async throws(NetworkError) {
    try await send(bytes, to: peer, from: nil)
  }

  /// Sends one datagram to the end that the socket is connected to.
  public func send(_ bytes: RawSpan) async throws(NetworkError) {
    guard let remote else { throw .badState }
    try await send(bytes, to: remote, from: nil)
  }

  /// Sends one datagram from a certain end: a socket that accepts every destination answers from the
  /// one that its peer meant.
  public func send(
    _ bytes: RawSpan, to peer: Endpoint, from local: Endpoint?
  ) async throws(NetworkError) {
    while true {
      do throws(StackError) {
        return try driver.stack.send(bytes, to: peer, from: local, on: handle, now: driver.now)
      } catch {
        guard error == .wouldBlock else {
          throw isClosed ? .closed : NetworkError(error, local: local ?? localEndpoint, peer: peer)
        }
      }
      try await signal.waitWritable()
    }
  }

  // MARK: Receiving

  /// Waits for a datagram and shows it, with its sender.
  public func withReceived<Result: Sendable>(
    _ body: @Sendable (RawSpan, Endpoint) -> Result
  ) async throws(NetworkError) -> Result {
    try await withReceivedDatagram { bytes, datagram in body(bytes, datagram.source) }
  }

  /// Waits for a datagram and shows it, with where it came from, was sent to and came by.
  ///
  /// A connected socket throws what an ICMP error says of what it has sent.
  public func withReceivedDatagram<Result: Sendable>(
    _ body: @Sendable (RawSpan, ReceivedDatagram) -> Result
  ) async throws(NetworkError) -> Result {
    while true {
      if let result = try receive(body) { return result }
      try await signal.waitReadable()
    }
  }

  private func receive<Result>(
    _ body: (RawSpan, ReceivedDatagram) -> Result
  ) throws(NetworkError) -> Result? {
    let reason: EndReason?
    do throws(StackError) {
      if let result = try driver.withDatagram(of: handle, body) { return result }
      reason = try driver.stack.takeError(of: handle)
    } catch {
      throw mapped(error)
    }
    if let reason { throw NetworkError(reason, peer: remote ?? localEndpoint) }
    return nil
  }

  // MARK: Settings

  /// Fixes the other end: only its datagrams are received, and ICMP errors about it are reported.
  /// With `nil` the socket is free again.
  public func connect(to peer: Endpoint?) throws(NetworkError) {
    do throws(StackError) { try driver.stack.connect(handle, to: peer) } catch {
      throw NetworkError(error, local: localEndpoint, peer: peer ?? localEndpoint)
    }
    remote = peer
  }

  /// Receives what is sent to a group on an interface's link.
  public func join(_ group: IPv4Address, on interface: InterfaceID) throws(NetworkError) {
    do throws(StackError) { try driver.stack.join(group, on: interface, with: handle) } catch {
      throw mapped(error)
    }
  }

  /// Ends a membership.
  public func leave(_ group: IPv4Address, on interface: InterfaceID) throws(NetworkError) {
    do throws(StackError) { try driver.stack.leave(group, on: interface, with: handle) } catch {
      throw mapped(error)
    }
  }

  /// Changes how the socket sends and receives: time to live, broadcast, fragments, the interface of
  /// multicast.
  public func setOptions(_ change: @Sendable (inout UDPOptions) -> Void) throws(NetworkError) {
    do throws(StackError) {
      var options = try driver.stack.options(of: handle)
      change(&options)
      try driver.stack.setOptions(options, of: handle)
    } catch {
      throw mapped(error)
    }
  }

  /// Closes the socket.
  public func close() {
    guard !isClosed else { return }
    isClosed = true
    driver.close(handle)
  }

  private func mapped(_ error: StackError) -> NetworkError {
    isClosed ? .closed : NetworkError(error, local: localEndpoint, peer: remote ?? localEndpoint)
  }
}
