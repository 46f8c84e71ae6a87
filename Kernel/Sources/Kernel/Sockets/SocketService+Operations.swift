import MartletDevice
import MartletRing
import MartletStack
import MartletWire

/// What each operation does; every one returns at once.
extension SocketService {
  /// Carries an operation on as far as it goes; `nil` when it must wait.
  func attempt(
    _ operation: inout PendingOperation, on stack: inout Stack
  ) throws(SocketError) -> SocketResult? {
    do throws(StackError) {
      switch operation.operation {
      case .create(let kind): return try create(kind, on: &stack)
      case .bind(let handle, let end): return try bind(handle, to: end, on: &stack)
      case .listen(let handle, let backlog): return try listen(handle, backlog, on: &stack)
      case .accept(let handle): return try accept(handle, on: &stack)
      case .connect(let handle, let end): return try connect(handle, to: end, on: &stack)
      case .send(let handle): return try send(handle, nil, &operation, on: &stack)
      case .sendTo(let handle, let end): return try send(handle, end, &operation, on: &stack)
      case .sendEcho(let handle, let to, let sequence, let timeToLive):
        guard case .echo(let echo)? = state(of: handle) else { throw .badState }
        if let bytes = operation.buffer?.count {
          try sendEcho(operation, echo, to, sequence, timeToLive, on: &stack)
          return .bytes(bytes)
        }
        throw .badState
      case .receive(let handle): return try receive(handle, &operation, on: &stack)
      case .shutdown(let handle):
        guard case .connection(let connection)? = state(of: handle) else { throw .badState }
        try stack.shutdown(connection, now: now)
        return .done
      case .close(let handle): return try close(handle, on: &stack)
      case .poll(let set):
        let ready = readiness(of: set, on: &stack)
        return ready == 0 ? nil : .ready(ready)
      }
    } catch {
      switch error {
      case .staleHandle: throw .closed
      case .wouldBlock: return nil
      case .badState: throw .unsuitable
      default: throw .stack(error)
      }
    }
  }

  private func state(of handle: SocketHandle) -> KernelSocket.State? {
    sockets.withElement(handle) { $0.state }
  }

  private func requireState(_ handle: SocketHandle) throws(StackError) -> KernelSocket.State {
    guard let state = state(of: handle) else { throw .staleHandle }
    return state
  }

  private func setState(_ state: KernelSocket.State, of handle: SocketHandle) {
    _ = sockets.withElement(handle) { $0.state = state }
  }

  private func insert(_ state: KernelSocket.State) throws(StackError) -> SocketHandle {
    switch sockets.insert(KernelSocket(state: state)) {
    case .inserted(let handle): return handle
    case .full: throw .tableFull(.connections)
    }
  }

  private func create(_ kind: SocketKind, on stack: inout Stack) throws(StackError) -> SocketResult
  {
    guard sockets.freeCount > 0 else { throw .tableFull(.connections) }
    switch kind {
    case .stream: return .socket(try insert(.stream(nil)))
    case .datagram: return .socket(try insert(.datagram(try stack.openUDP())))
    case .echo: return .socket(try insert(.echo(try stack.openEcho())))
    }
  }

  private func bind(
    _ handle: SocketHandle, to end: Endpoint, on stack: inout Stack
  ) throws(StackError) -> SocketResult {
    switch try requireState(handle) {
    case .stream:
      setState(.stream(end), of: handle)
    case .datagram(let old):
      let new = try stack.openUDP(on: end)
      stack.close(old)
      setState(.datagram(new), of: handle)
    case .connection, .listener, .echo:
      throw .badState
    }
    return .done
  }

  private func listen(
    _ handle: SocketHandle, _ backlog: Int, on stack: inout Stack
  ) throws(StackError) -> SocketResult {
    guard case .stream(let end?) = try requireState(handle) else { throw .badState }
    var options = ListenerOptions()
    options.backlog = backlog
    setState(.listener(try stack.listen(on: end, options: options)), of: handle)
    return .done
  }

  private func accept(
    _ handle: SocketHandle, on stack: inout Stack
  ) throws(StackError) -> SocketResult? {
    guard case .listener(let listener) = try requireState(handle) else { throw .badState }
    // Without a socket for it, it stays in the backlog.
    guard sockets.freeCount > 0 else { throw .tableFull(.connections) }
    guard let connection = try stack.accept(on: listener) else { return nil }
    let accepted = try insert(.connection(connection))
    remember(connection, as: accepted)
    return .socket(accepted)
  }

  private func connect(
    _ handle: SocketHandle, to end: Endpoint, on stack: inout Stack
  ) throws(StackError) -> SocketResult? {
    switch try requireState(handle) {
    case .stream(let local):
      let connection = try stack.connect(to: end, from: local, now: now)
      setState(.connection(connection), of: handle)
      remember(connection, as: handle)
      return nil
    case .connection(let connection):
      let status = try stack.status(of: connection)
      switch status.state {
      case .synSent, .synReceived: return nil
      case .closed: throw .connectionEnded(status.endReason)
      default: return .done
      }
    case .datagram(let socket):
      try stack.connect(socket, to: end)
      return .done
    case .listener, .echo:
      throw .badState
    }
  }

  private func send(
    _ handle: SocketHandle, _ end: Endpoint?, _ operation: inout PendingOperation,
    on stack: inout Stack
  ) throws(StackError) -> SocketResult? {
    guard let count = operation.buffer?.count else { throw .badState }
    switch try requireState(handle) {
    case .connection(let connection):
      operation.progress += try sendRest(of: operation, on: connection, on: &stack)
      return operation.progress == count ? .bytes(count) : nil
    case .datagram(let socket):
      try sendDatagram(operation, to: end, on: socket, on: &stack)
      return .bytes(count)
    case .stream, .listener, .echo:
      throw .badState
    }
  }

  private func sendRest(
    of operation: borrowing PendingOperation, on connection: TCPHandle, on stack: inout Stack
  ) throws(StackError) -> Int {
    switch operation.buffer {
    case .some(let buffer):
      let rest = buffer.bytes.extracting(droppingFirst: operation.progress)
      return try stack.send(rest, on: connection, now: now)
    case .none: return 0
    }
  }

  private func sendDatagram(
    _ operation: borrowing PendingOperation, to end: Endpoint?, on socket: UDPHandle,
    on stack: inout Stack
  ) throws(StackError) {
    switch operation.buffer {
    case .some(let buffer): try stack.send(buffer.bytes, to: end, on: socket, now: now)
    case .none: break
    }
  }

  private func sendEcho(
    _ operation: borrowing PendingOperation, _ socket: EchoHandle, _ destination: IPv4Address,
    _ sequence: UInt16, _ timeToLive: UInt8?, on stack: inout Stack
  ) throws(StackError) {
    switch operation.buffer {
    case .some(let buffer):
      try stack.sendEcho(
        buffer.bytes, to: destination, sequence: sequence, timeToLive: timeToLive, on: socket,
        now: now)
    case .none: break
    }
  }

  private func receive(
    _ handle: SocketHandle, _ operation: inout PendingOperation, on stack: inout Stack
  ) throws(StackError) -> SocketResult? {
    let state = try requireState(handle)
    guard var buffer = operation.buffer.take() else { throw .badState }
    let result: Result<SocketResult?, StackError>
    do throws(StackError) {
      result = .success(try fill(&buffer, from: state, on: &stack))
    } catch {
      result = .failure(error)
    }
    // The buffer goes back whatever came of it.
    operation.buffer = consume buffer
    return try result.get()
  }

  private func fill(
    _ buffer: inout SocketBuffer, from state: KernelSocket.State, on stack: inout Stack
  ) throws(StackError) -> SocketResult? {
    var space = buffer.space
    switch state {
    case .connection(let connection):
      switch try stack.receive(into: &space, on: connection, now: now) {
      case .bytes(let count):
        buffer.count = count
        return .bytes(count)
      case .nothingYet: return nil
      case .endOfStream:
        buffer.count = 0
        return .bytes(0)
      }
    case .datagram(let socket):
      guard let datagram = try stack.receive(from: socket, into: &space) else { return nil }
      buffer.count = min(datagram.length, buffer.capacity)
      return .datagram(datagram.length, from: datagram.source)
    case .echo(let socket):
      if let error = try stack.takeError(of: socket) { return .echoError(error) }
      guard let reply = try stack.receiveEcho(from: socket, into: &space) else { return nil }
      buffer.count = min(reply.length, buffer.capacity)
      return .echo(reply.length, reply)
    case .stream, .listener:
      throw .badState
    }
  }

  private func close(
    _ handle: SocketHandle, on stack: inout Stack
  ) throws(StackError) -> SocketResult {
    for isReader in [true, false] {
      let place = WaitingPlace(handle: handle, isReader: isReader)
      while let reference = first(of: place), let port = ports[Int(reference.context)] {
        guard let operation = port.unpark(Int(reference.slot)) else { break }
        removeFirst(of: place, next: operation.next)
        port.complete(operation, .failure(.closed))
      }
    }
    guard let socket = sockets.remove(handle) else { throw .staleHandle }
    isPollDue = true
    switch socket.state {
    case .stream: break
    case .connection(let connection):
      remember(connection, as: nil)
      stack.close(connection, now: now)
    case .listener(let listener): stack.close(listener, now: now)
    case .datagram(let datagram): stack.close(datagram)
    case .echo(let echo): stack.close(echo)
    }
    return .done
  }

  // MARK: Polling

  /// Which sockets of a set are ready: a bit each. One that is closed or has failed is.
  func readiness(of set: PollSet, on stack: inout Stack) -> UInt8 {
    var ready: UInt8 = 0
    for index in 0..<set.count {
      let (handle, isForWriting) = set[index]
      if isReady(handle, forWriting: isForWriting, on: &stack) { ready |= 1 << UInt8(index) }
    }
    return ready
  }

  private func isReady(_ handle: SocketHandle, forWriting: Bool, on stack: inout Stack) -> Bool {
    guard let state = state(of: handle) else { return true }
    switch state {
    case .stream: return false
    case .connection(let connection):
      guard let status = try? stack.status(of: connection) else { return true }
      switch status.state {
      case .synSent, .synReceived: return false
      case .closed: return true
      default: break
      }
      if forWriting { return ((try? stack.sendCapacity(of: connection, upTo: 1)) ?? 1) > 0 }
      switch status.state {
      case .established, .finWait1, .finWait2: return status.receiveQueueCount > 0
      default: return true
      }
    case .listener(let listener):
      return ((try? stack.readyCount(of: listener)) ?? 1) > 0
    case .datagram(let socket):
      return forWriting || ((try? stack.unreadCount(of: socket)) ?? 1) > 0
    case .echo:
      return forWriting
    }
  }
}
