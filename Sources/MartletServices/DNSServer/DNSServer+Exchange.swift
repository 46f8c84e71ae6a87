public import MartletDevice
public import MartletStack
internal import MartletWire

/// How clients are spoken to (RFC 1035, section 4.2; RFC 7766).
extension DNSServer {
  /// Takes an event of a socket; false when it is not this server's.
  public mutating func handle(
    _ event: SocketEvent, on stack: inout Stack, now: Instant
  ) -> Bool {
    switch event {
    case .udp(let handle, _) where handle == socket:
      while receiveDatagram(from: handle, on: &stack, now: now) {}
    case .listener(let handle, _) where handle == listener:
      accept(on: handle, of: &stack, now: now)
    case .tcp(let handle, _):
      guard let index = streams.firstIndex(where: { $0.handle == handle }) else { return false }
      read(index, on: &stack, now: now)
    default:
      return false
    }
    return true
  }

  private mutating func receiveDatagram(
    from socket: UDPHandle, on stack: inout Stack, now: Instant
  ) -> Bool {
    var bytes = buffer.mutableBytes
    guard let datagram = try? stack.receive(from: socket, into: &bytes) else { return false }
    guard datagram.length <= buffer.count else {
      counters.malformed &+= 1
      return true
    }
    var message: [UInt8] = []
    message.reserveCapacity(datagram.length)
    for index in 0..<datagram.length { message.append(buffer.bytes.load(at: index)) }
    answer(
      message, of: .datagram(datagram.source), at: datagram.source.address, on: &stack, now: now)
    return true
  }

  // MARK: TCP

  private mutating func accept(
    on listener: ListenerHandle, of stack: inout Stack, now: Instant
  ) {
    while let handle = try? stack.accept(on: listener) {
      let address = (try? stack.status(of: handle))?.remote.address ?? .unspecified
      let own = streams.count { $0.address == address }
      guard options.server.contains(address), streams.count < options.streamLimit,
        own < max(1, options.streamLimit / 4)
      else {
        counters.crowded &+= 1
        stack.abort(handle, now: now)
        continue
      }
      streams.append(
        DNSServerStream(handle: handle, address: address, deadline: now + options.patience))
    }
  }

  private mutating func read(_ index: Int, on stack: inout Stack, now: Instant) {
    let handle = streams[index].handle
    var isOver = false
    reading: while !isOver {
      // No more than one message and the beginning of another: the rest waits in the window.
      let room = min(buffer.count, 4098 - min(4098, streams[index].received.count))
      guard room > 0 else { break }
      var bytes = buffer.mutableBytes
      var part = bytes._mutatingExtracting(0..<room)
      do throws(StackError) {
        switch try stack.receive(into: &part, on: handle, now: now) {
        case .bytes(let count):
          for offset in 0..<count { streams[index].received.append(buffer.bytes.load(at: offset)) }
          streams[index].deadline = now + options.patience
          guard takeMessages(index, on: &stack, now: now) else { return }
        case .nothingYet: break reading
        case .endOfStream:
          streams[index].hasEnded = true
          isOver = true
        }
      } catch {
        stack.close(handle, now: now)
        streams.remove(at: index)
        return
      }
    }
    closeIfDone(handle, on: &stack, now: now)
  }

  /// Takes whole messages from what a stream has brought; false when the stream was ended.
  private mutating func takeMessages(
    _ index: Int, on stack: inout Stack, now: Instant
  ) -> Bool {
    while streams[index].received.count >= 2 {
      let received = streams[index].received
      let length = Int(received[0]) << 8 | Int(received[1])
      guard length >= DNSHeader.length, length <= 4096 else {
        counters.malformed &+= 1
        stack.abort(streams[index].handle, now: now)
        streams.remove(at: index)
        return false
      }
      guard received.count >= length + 2 else { return true }
      streams[index].received.removeFirst(length + 2)
      let (handle, address) = (streams[index].handle, streams[index].address)
      answer(
        Array(received[2..<length + 2]), of: .stream(handle), at: address, on: &stack, now: now)
      guard streams.indices.contains(index), streams[index].handle == handle else { return false }
    }
    return true
  }

  /// Ends a stream whose client has ended and to whom nothing is owed.
  private mutating func closeIfDone(_ handle: TCPHandle, on stack: inout Stack, now: Instant) {
    guard let index = streams.firstIndex(where: { $0.handle == handle }), streams[index].hasEnded
    else { return }
    let isOwed = queries.contains { $0?.client == .stream(handle) }
    guard !isOwed else { return }
    stack.close(handle, now: now)
    streams.remove(at: index)
  }

  // MARK: Answers

  /// Sends the answer of `length` bytes that lies at 2 in `answerBuffer`.
  mutating func sendAnswer(
    _ length: Int, to client: DNSServerClient, asking message: [UInt8], on stack: inout Stack,
    now: Instant
  ) {
    switch client {
    case .datagram(let endpoint):
      guard let socket else { return }
      var length = length
      if length > Self.datagramLimit(of: message) {
        // RFC 1035, section 4.2.1: what does not fit is asked for again by TCP.
        length = buildEmpty(answering: message, .noError, isTruncated: true)
      }
      do throws(StackError) {
        try stack.send(
          answerBuffer.bytes.extracting(2..<2 + length), to: endpoint, on: socket, now: now)
      } catch {
        counters.unsent &+= 1
      }
    case .stream(let handle):
      guard let index = streams.firstIndex(where: { $0.handle == handle }) else { return }
      var bytes = answerBuffer.mutableBytes
      bytes.store(UInt16(truncatingIfNeeded: length), at: 0)
      // A client that does not read its answers gets no more of them.
      guard let room = try? stack.sendCapacity(of: handle, upTo: length + 2), room >= length + 2,
        (try? stack.send(answerBuffer.bytes.extracting(0..<length + 2), on: handle, now: now))
          != nil
      else {
        counters.unsent &+= 1
        stack.abort(handle, now: now)
        streams.remove(at: index)
        return
      }
      closeIfDone(handle, on: &stack, now: now)
    }
  }

  /// The longest datagram that a client takes: 512 bytes, or what it says (RFC 6891), but no longer
  /// than crosses every link whole.
  private static func datagramLimit(of message: [UInt8]) -> Int {
    guard var reader = try? DNSReader(message.rawBytes) else { return 512 }
    while let record = try? reader.nextRecord() {
      guard record.type == .opt else { continue }
      return max(512, min(1232, Int(record.recordClass.rawValue)))
    }
    return 512
  }
}
