public import MartletDevice
internal import MartletReadiness
internal import MartletStack
public import MartletWire

extension NetworkStack {
  /// Sends an echo request and waits for its reply.
  ///
  /// The payload is `byteCount` bytes, 0 to 65,507. Throws `timedOut` after `timeout`, and
  /// `unreachable` as soon as a router or the neighbours' silence say so.
  public func ping(
    _ host: IPv4Address, byteCount: Int = 56, sequence: UInt16 = 1, timeToLive: UInt8? = nil,
    timeout: Interval = .seconds(5)
  ) async throws(NetworkError) -> PingReply {
    let peer = Endpoint(host, port: 0)
    let handle = try mapping(peer) { () throws(StackError) in try driver.stack.openEcho() }
    let signal = driver.makeSignal(of: .echo(handle))
    defer {
      driver.stack.close(handle)
      driver.removeSignal(of: .echo(handle))
    }
    let deadline = MonotonicClock.now + timeout
    let payload = (0..<max(0, byteCount)).map { UInt8(truncatingIfNeeded: $0) }
    while true {
      let isSent = try mapping(peer) { () throws(StackError) in
        do throws(StackError) {
          try unsafe driver.stack.sendEcho(
            payload.span.bytes, to: host, sequence: sequence, timeToLive: timeToLive, on: handle,
            now: driver.now)
          return true
        } catch {
          guard error == .wouldBlock else { throw error }
          return false
        }
      }
      if isSent { break }
      try await waitForRoom(until: deadline, peer: peer)
    }
    let sentAt = MonotonicClock.now
    while true {
      if let reply = try mapping(
        peer,
        { () throws(StackError) in
          try driver.stack.receiveEcho(from: handle)
        }), reply.sequence == sequence
      {
        return PingReply(
          source: reply.source, roundTripTime: MonotonicClock.now - sentAt,
          timeToLive: reply.timeToLive, byteCount: reply.length)
      }
      let failure = try mapping(peer) { () throws(StackError) in
        try driver.stack.takeError(of: handle)
      }
      if let failure, failure.sequence == sequence {
        throw NetworkError(failure.reason, peer: peer)
      }
      guard try await signal.waitReadable(on: loop, until: deadline) else { throw .timedOut(peer) }
    }
  }

  /// The queue of an interface is full: it has emptied, in part, a millisecond later.
  private func waitForRoom(until deadline: Instant, peer: Endpoint) async throws(NetworkError) {
    let now = MonotonicClock.now
    guard now < deadline else { throw .timedOut(peer) }
    guard await Waiter().wait(on: loop, until: now + .milliseconds(1)) == .expired else {
      throw .cancelled
    }
  }

  private func mapping<Result>(
    _ peer: Endpoint, _ body: () throws(StackError) -> Result
  ) throws(NetworkError) -> Result {
    do throws(StackError) { return try body() } catch {
      throw NetworkError(error, local: Endpoint(.unspecified, port: 0), peer: peer)
    }
  }
}

extension Stack {
  /// Takes the oldest unread reply and lets its payload go.
  fileprivate mutating func receiveEcho(
    from handle: EchoHandle
  ) throws(StackError) -> EchoReply? {
    var bytes = MutableRawSpan()
    return try receiveEcho(from: handle, into: &bytes)
  }
}
