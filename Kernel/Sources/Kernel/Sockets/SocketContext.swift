import MartletDevice
import MartletRing
import MartletStack
import MartletWire

/// A thread's side of the sockets: a ring of commands to the softIRQ and a ring of completions back.
///
/// Nothing here touches the stack, so that a program behind a protection border can have the same.
/// One thread uses a context; a socket's handle may be used by any thread through its own.
final class SocketContext {
  /// The operations that a thread may have under way at once.
  static let depth = 16
  /// The bytes of the buffer that the blocking calls use: what one `send` moves as a whole.
  static let bufferSize = 16 << 10

  private var commands: RingProducer<SocketCommand>
  private var completions: RingConsumer<SocketCompletion>
  private let waiters = WaitQueue()
  /// Completions that arrived before somebody asked for them, by slot.
  private var arrived = InlineArray<16, SocketCompletion?> { _ in nil }
  private var freeSlots: UInt16 = .max
  private var spare: SocketBuffer?

  /// Makes the running thread's rings; `nil` when the network has not started.
  init?() {
    guard let network = Network.shared else { return nil }
    let commandRing = Ring<SocketCommand>(capacity: Self.depth)
    let completionRing = Ring<SocketCompletion>(capacity: Self.depth)
    commands = commandRing.producer
    completions = completionRing.consumer
    network.sockets.add(
      SocketPort(
        commands: commandRing.consumer, completions: completionRing.producer, waiters: waiters))
  }

  deinit { SoftIRQ.raise() }

  // MARK: Without blocking

  /// Sends an operation to the softIRQ; returns the slot by which its completion is known. Throws
  /// `tooMany` when as many are under way as there are slots, in which case the buffer is freed.
  func submit(
    _ operation: SocketOperation, buffer: consuming SocketBuffer? = nil,
    deadline: Instant? = nil, isNonBlocking: Bool = false
  ) throws(SocketError) -> Int {
    guard freeSlots != 0 else { throw .tooMany }
    let slot = freeSlots.trailingZeroBitCount
    freeSlots &= freeSlots - 1
    // There is room: the ring is as long as there are slots.
    _ = commands.push(
      SocketCommand(
        slot: slot, operation: operation, buffer: buffer, deadline: deadline,
        isNonBlocking: isNonBlocking))
    SoftIRQ.raise()
    return slot
  }

  /// Waits for the operation in `slot` to end.
  func wait(for slot: Int) -> SocketCompletion {
    while true {
      while let completion = completions.pop() {
        let other = completion.slot
        arrived[other] = consume completion
      }
      if let completion = arrived[slot].take() {
        freeSlots |= 1 << UInt16(slot)
        return completion
      }
      waiters.wait { completions.isEmpty }
    }
  }

  // MARK: Blocking

  /// Does one operation that carries no bytes, and waits for its end.
  @discardableResult
  func perform(
    _ operation: SocketOperation, deadline: Instant? = nil
  ) throws(SocketError) -> SocketResult {
    let slot = try submit(operation, deadline: deadline)
    return try wait(for: slot).result.get()
  }

  /// Makes a socket.
  func create(_ kind: SocketKind) throws(SocketError) -> SocketHandle {
    guard case .socket(let handle) = try perform(.create(kind)) else { throw .unsuitable }
    return handle
  }

  /// Makes a socket that takes connections at `port` of any address.
  func listen(port: UInt16, backlog: Int = 16) throws(SocketError) -> SocketHandle {
    let handle = try create(.stream)
    try perform(.bind(handle, Endpoint(.unspecified, port: port)))
    try perform(.listen(handle, backlog: backlog))
    return handle
  }

  /// Waits for a connection.
  func accept(
    on handle: SocketHandle, deadline: Instant? = nil
  ) throws(SocketError) -> SocketHandle {
    guard case .socket(let accepted) = try perform(.accept(handle), deadline: deadline) else {
      throw .unsuitable
    }
    return accepted
  }

  /// Connects a new socket to `end`.
  func connect(to end: Endpoint, deadline: Instant? = nil) throws(SocketError) -> SocketHandle {
    let handle = try create(.stream)
    do throws(SocketError) {
      try perform(.connect(handle, end), deadline: deadline)
    } catch {
      close(handle)
      throw error
    }
    return handle
  }

  /// Sends all of `bytes`, in pieces of `bufferSize`, each of them whole.
  func send(
    _ bytes: RawSpan, on handle: SocketHandle, deadline: Instant? = nil
  ) throws(SocketError) {
    var rest = bytes
    while !rest.isEmpty {
      var buffer = takeBuffer()
      rest = rest.extracting(droppingFirst: buffer.fill(rest))
      _ = try transfer(.send(handle), buffer, deadline: deadline)
    }
  }

  /// Sends one datagram or echo request.
  func sendDatagram(
    _ bytes: RawSpan, by operation: SocketOperation, deadline: Instant? = nil
  ) throws(SocketError) {
    var buffer = takeBuffer()
    guard buffer.fill(bytes) == bytes.byteCount else {
      spare = consume buffer
      throw .stack(.messageTooLong(limit: Self.bufferSize))
    }
    _ = try transfer(operation, buffer, deadline: deadline)
  }

  /// Waits for bytes or a datagram and shows them to `body`; no bytes are the stream's end.
  @discardableResult
  func receive(
    on handle: SocketHandle, deadline: Instant? = nil, _ body: (RawSpan) -> Void
  ) throws(SocketError) -> SocketResult {
    let result = try transfer(.receive(handle), takeBuffer(), deadline: deadline)
    show(body)
    return result
  }

  /// Waits for bytes and hands them over in the buffer that they came in; an empty one is the
  /// stream's end.
  func receiveBuffer(
    on handle: SocketHandle, deadline: Instant? = nil
  ) throws(SocketError) -> SocketBuffer {
    _ = try transfer(.receive(handle), takeBuffer(), deadline: deadline)
    return takeBuffer()
  }

  /// Sends what is in a buffer, which is kept for the next call.
  func sendBuffer(
    _ buffer: consuming SocketBuffer, on handle: SocketHandle, deadline: Instant? = nil
  ) throws(SocketError) {
    _ = try transfer(.send(handle), buffer, deadline: deadline)
  }

  /// Ends a socket. That it had ended before is no error.
  func close(_ handle: SocketHandle) { _ = try? perform(.close(handle)) }

  private func show(_ body: (RawSpan) -> Void) {
    switch spare {
    case .some(let buffer): body(buffer.bytes)
    case .none: break
    }
  }

  private func takeBuffer() -> SocketBuffer {
    if let buffer = spare.take() { return buffer }
    return SocketBuffer(capacity: Self.bufferSize)
  }

  /// Does one operation with a buffer, which is kept for the next.
  private func transfer(
    _ operation: SocketOperation, _ buffer: consuming SocketBuffer, deadline: Instant?
  ) throws(SocketError) -> SocketResult {
    let slot = try submit(operation, buffer: buffer, deadline: deadline)
    var completion = wait(for: slot)
    let result = completion.result
    spare = completion.buffer.take()
    return try result.get()
  }
}
