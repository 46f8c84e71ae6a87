public import MartletDevice
public import MartletStack
internal import MartletWire

/// How the servers are spoken to.
extension DNSResolver {
  /// Takes an event of a socket; false when it is not this resolver's.
  public mutating func handle(
    _ event: SocketEvent, on stack: inout Stack, now: Instant
  ) -> Bool {
    switch event {
    case .udp(let handle, _):
      guard let index = queries.firstIndex(where: { $0.exchange == .udp(handle) }) else {
        return false
      }
      receiveDatagrams(index, handle, on: &stack, now: now)
    case .tcp(let handle, _):
      guard let index = queries.firstIndex(where: { $0.exchange == .tcp(handle) }) else {
        return false
      }
      continueStream(index, handle, on: &stack, now: now)
    default:
      return false
    }
    return true
  }

  /// Closes the socket of a query.
  mutating func endExchange(_ index: Int, on stack: inout Stack, now: Instant) {
    switch queries[index].exchange {
    case .none: break
    case .udp(let handle): stack.close(handle)
    case .tcp(let handle): stack.close(handle, now: now)
    }
    queries[index].exchange = .none
  }

  /// The question as a message at the start of the buffer; `nil` when the name does not fit.
  private mutating func buildQuestion(_ index: Int) -> Int? {
    let query = queries[index]
    var bytes = buffer.mutableBytes
    guard var message = try? DNSBuilder(.query(identifier: query.identifier), into: &bytes) else {
      return nil
    }
    guard (try? message.appendQuestion(query.current.ascii.rawBytes, type: .a)) != nil else {
      return nil
    }
    return message.length
  }

  // MARK: UDP

  /// Sends the question from a new port; false when that cannot be done.
  mutating func openDatagrams(
    _ index: Int, to server: Endpoint, on stack: inout Stack, now: Instant
  ) -> Bool {
    guard let length = buildQuestion(index), let handle = try? stack.openUDP() else { return false }
    do throws(StackError) {
      // Only this server's datagrams are received, and ICMP errors are reported.
      try stack.connect(handle, to: server)
      try stack.send(buffer.bytes.extracting(0..<length), on: handle, now: now)
    } catch {
      // Without room it is as if it had been lost: the next attempt comes.
      guard error == .wouldBlock else {
        stack.close(handle)
        return false
      }
    }
    queries[index].exchange = .udp(handle)
    return true
  }

  private mutating func receiveDatagrams(
    _ index: Int, _ handle: UDPHandle, on stack: inout Stack, now: Instant
  ) {
    while true {
      var bytes = buffer.mutableBytes
      guard let datagram = try? stack.receive(from: handle, into: &bytes) else { break }
      let query = queries[index]
      let response = DNSResponse(
        buffer.bytes.extracting(0..<min(datagram.length, buffer.count)),
        identifier: query.identifier, name: query.current)
      // What is no answer, by mistake or by malice, does not end the wait for one.
      guard let response else { continue }
      return take(response, of: index, on: &stack, now: now)
    }
    // Nobody listens there, or no way leads there.
    if (try? stack.takeError(of: handle)) != nil { tryNext(index, on: &stack, now: now) }
  }

  // MARK: TCP

  /// The answer did not fit into a datagram: the same server is asked by TCP (RFC 7766).
  mutating func askAgainByTCP(_ index: Int, on stack: inout Stack, now: Instant) {
    guard let server = server(of: index), case .udp = queries[index].exchange,
      let length = buildQuestion(index)
    else {
      queries[index].failure = .serverFailed
      return tryNext(index, on: &stack, now: now)
    }
    endExchange(index, on: &stack, now: now)
    var message = [UInt8(truncatingIfNeeded: length >> 8), UInt8(truncatingIfNeeded: length)]
    for offset in 0..<length { message.append(buffer.bytes.load(UInt8.self, at: offset)) }
    queries[index].outgoing = message
    queries[index].incoming = []
    guard let handle = try? stack.connect(to: server, now: now) else {
      return tryNext(index, on: &stack, now: now)
    }
    queries[index].exchange = .tcp(handle)
    queries[index].deadline = now + .seconds(10)
  }

  private mutating func continueStream(
    _ index: Int, _ handle: TCPHandle, on stack: inout Stack, now: Instant
  ) {
    do throws(StackError) {
      if try !stack.isConnecting(handle) {
        try sendOutgoing(index, handle, on: &stack, now: now)
        if try receiveIncoming(index, handle, on: &stack, now: now) { return }
        guard let response = streamResponse(index) else { return }
        return take(response, of: index, on: &stack, now: now)
      }
    } catch {
      tryNext(index, on: &stack, now: now)
    }
  }

  private mutating func sendOutgoing(
    _ index: Int, _ handle: TCPHandle, on stack: inout Stack, now: Instant
  ) throws(StackError) {
    let outgoing = queries[index].outgoing
    guard !outgoing.isEmpty else { return }
    let sent = try stack.send(outgoing.rawBytes, on: handle, now: now)
    queries[index].outgoing.removeFirst(sent)
  }

  /// Takes what has come; true when the server ended the stream before its answer was whole.
  private mutating func receiveIncoming(
    _ index: Int, _ handle: TCPHandle, on stack: inout Stack, now: Instant
  ) throws(StackError) -> Bool {
    while queries[index].incoming.count < buffer.count {
      var bytes = buffer.mutableBytes
      switch try stack.receive(into: &bytes, on: handle, now: now) {
      case .bytes(let count):
        for offset in 0..<count {
          queries[index].incoming.append(buffer.bytes.load(UInt8.self, at: offset))
        }
      case .nothingYet: return false
      case .endOfStream:
        guard streamResponse(index) == nil else { return false }
        tryNext(index, on: &stack, now: now)
        return true
      }
    }
    return false
  }

  /// The answer that has come by TCP; `nil` while it is not whole. One that is too long for this
  /// resolver, or does not fit the question, is a failure: nobody else can have sent it.
  private func streamResponse(_ index: Int) -> DNSResponse? {
    let incoming = queries[index].incoming
    guard incoming.count >= 2 else { return nil }
    let length = Int(incoming[0]) << 8 | Int(incoming[1])
    guard length + 2 <= buffer.count else { return .failed }
    guard incoming.count >= length + 2 else { return nil }
    let response = DNSResponse(
      incoming.rawBytes.extracting(2..<length + 2), identifier: queries[index].identifier,
      name: queries[index].current)
    return response == .truncated ? .failed : response ?? .failed
  }
}

extension Stack {
  fileprivate func isConnecting(_ handle: TCPHandle) throws(StackError) -> Bool {
    let state = try status(of: handle).state
    return state == .synSent || state == .synReceived
  }
}
