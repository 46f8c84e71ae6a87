public import MartletDevice
public import MartletStack
internal import MartletWire

/// The small TCP services of a node, driven by its stack's events.
///
/// It does no I/O of its own and keeps a few bytes for each connection, so the same code serves a
/// TAP on Linux, a node in a test and a kernel on bare metal.
public struct StreamServices {
  private var listeners: [Listening] = []
  /// What each connection is for, by its place.
  private var sessions: [Session?]
  private var buffer: [UInt8]

  private struct Listening {
    let handle: ListenerHandle
    let service: StreamService
  }

  private struct Session {
    let handle: TCPHandle
    let service: StreamService
    /// The characters sent so far, which chargen goes on from.
    var position = 0
  }

  /// Listens for `services` on all addresses of `stack`, whose configuration says how many
  /// connections there can be.
  ///
  /// Throws what `Stack.listen` does.
  public init(
    _ services: [StreamService] = StreamService.allCases, on stack: inout Stack,
    connectionCount: Int
  ) throws(StackError) {
    sessions = [Session?](repeating: nil, count: connectionCount)
    buffer = [UInt8](repeating: 0, count: 16_384)
    for service in services {
      let address = Endpoint(.unspecified, port: service.port)
      listeners.append(Listening(handle: try stack.listen(on: address), service: service))
    }
  }

  /// Takes an event of the stack; false when it concerns none of these services.
  ///
  /// `date` is the wall clock in seconds since 1970, UTC, for daytime.
  public mutating func handle(
    _ event: SocketEvent, on stack: inout Stack, now: Instant, date: Int64
  ) -> Bool {
    switch event {
    case .listener(let handle, _):
      guard let listening = listeners.first(where: { $0.handle == handle }) else { return false }
      accept(listening, on: &stack, now: now, date: date)
      return true
    case .tcp(let handle, _):
      guard let session = sessions[handle.place], session.handle == handle else { return false }
      serve(session, on: &stack, now: now)
      return true
    default:
      return false
    }
  }

  private mutating func accept(
    _ listening: Listening, on stack: inout Stack, now: Instant, date: Int64
  ) {
    while let handle = try? stack.accept(on: listening.handle) {
      let session = Session(handle: handle, service: listening.service)
      if listening.service == .daytime {
        let line = Daytime(secondsSince1970: date).line
        _ = try? unsafe stack.send(line.span.bytes, on: handle, now: now)
        stack.close(handle, now: now)
      } else {
        sessions[handle.place] = session
        serve(session, on: &stack, now: now)
      }
    }
  }

  private mutating func serve(_ session: Session, on stack: inout Stack, now: Instant) {
    do throws(StackError) {
      switch session.service {
      case .echo: try echo(session.handle, on: &stack, now: now)
      case .discard: try discard(session.handle, on: &stack, now: now)
      case .chargen: try generate(session, on: &stack, now: now)
      case .daytime: break
      }
    } catch {
      end(session.handle, on: &stack, now: now)
    }
  }

  private mutating func end(_ handle: TCPHandle, on stack: inout Stack, now: Instant) {
    stack.close(handle, now: now)
    sessions[handle.place] = nil
  }

  // MARK: Services

  /// Reads no more than there is room to send back, so that a peer that does not read is not read.
  private mutating func echo(
    _ handle: TCPHandle, on stack: inout Stack, now: Instant
  ) throws(StackError) {
    while true {
      let room = try stack.sendCapacity(of: handle, upTo: buffer.count)
      guard room > 0 else { return }
      switch try read(room, on: handle, of: &stack, now: now) {
      case .bytes(let count):
        _ = try unsafe stack.send(
          buffer.span.extracting(0..<count).bytes, on: handle, now: now)
      case .nothingYet: return
      case .endOfStream: return end(handle, on: &stack, now: now)
      }
    }
  }

  private mutating func read(
    _ count: Int, on handle: TCPHandle, of stack: inout Stack, now: Instant
  ) throws(StackError) -> ReceiveResult {
    var span = buffer.mutableSpan
    var target = unsafe span.mutableBytes
    var part = target._mutatingExtracting(0..<count)
    return try stack.receive(into: &part, on: handle, now: now)
  }

  private mutating func discard(
    _ handle: TCPHandle, on stack: inout Stack, now: Instant
  ) throws(StackError) {
    while true {
      switch try stack.withReceived(on: handle, now: now, { $0.byteCount }) {
      case .bytes: continue
      case .nothingYet: return
      case .endOfStream: return end(handle, on: &stack, now: now)
      }
    }
  }

  private mutating func generate(
    _ session: Session, on stack: inout Stack, now: Instant
  ) throws(StackError) {
    var position = session.position
    while true {
      for index in buffer.indices {
        buffer[index] = Self.character(at: position + index)
      }
      let sent = try unsafe stack.send(buffer.span.bytes, on: session.handle, now: now)
      position += sent
      if sent < buffer.count { break }
    }
    // The pattern repeats, so the position need not grow for ever.
    sessions[session.handle.place]?.position = position % Self.period
    try discard(session.handle, on: &stack, now: now)
  }

  /// RFC 864: lines of 72 of the 95 printable characters, each beginning one further on.
  static func character(at position: Int) -> UInt8 {
    let line = position % period / 74
    switch position % 74 {
    case 72: return 13
    case 73: return 10
    case let column: return UInt8(truncatingIfNeeded: 32 + (line + column) % 95)
    }
  }

  private static var period: Int { 95 * 74 }
}
