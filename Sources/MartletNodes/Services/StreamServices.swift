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
  private let limits: StreamLimits
  /// When peers are looked at next; `nil` while there is none.
  public private(set) var nextDeadline: Instant?

  private struct Listening {
    let handle: ListenerHandle
    let service: StreamService
  }

  private struct Session {
    let handle: TCPHandle
    let service: StreamService
    /// The characters sent so far, which chargen goes on from.
    var position = 0
    /// What the peer has taken and sent, when that was last looked at.
    var acknowledged: UInt32
    var received: UInt32
    /// Since when it has taken nothing.
    var stalledSince: Instant
    /// Since when it has neither taken nor sent anything.
    var idleSince: Instant

    init(handle: TCPHandle, service: StreamService, status: TCPStatus, now: Instant) {
      self.handle = handle
      self.service = service
      acknowledged = status.acknowledgedCount
      received = status.receiveNext
      stalledSince = now
      idleSince = now
    }

    /// Notes what has moved since the last look.
    mutating func look(_ status: TCPStatus, now: Instant) {
      let hasTaken = status.acknowledgedCount != acknowledged
      // Who has nothing to take cannot stall.
      if hasTaken || status.sendQueueCount == 0 { stalledSince = now }
      if hasTaken || status.receiveNext != received { idleSince = now }
      acknowledged = status.acknowledgedCount
      received = status.receiveNext
    }
  }

  /// Listens for `services` on all addresses of `stack`, whose configuration says how many
  /// connections there can be.
  ///
  /// Throws what `Stack.listen` does.
  public init(
    _ services: [StreamService] = StreamService.allCases, on stack: inout Stack,
    connectionCount: Int, limits: StreamLimits = StreamLimits()
  ) throws(StackError) {
    self.limits = limits
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
      if listening.service == .daytime {
        let line = Daytime(secondsSince1970: date).line
        _ = try? unsafe stack.send(line.span.bytes, on: handle, now: now)
        stack.close(handle, now: now)
      } else if let status = try? stack.status(of: handle) {
        let session = Session(
          handle: handle, service: listening.service, status: status, now: now)
        sessions[handle.place] = session
        nextDeadline = nextDeadline ?? now + limits.lookInterval
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

  // MARK: Patience

  /// Ends the connections of peers that took nothing, or were silent, for too long.
  public mutating func poll(on stack: inout Stack, now: Instant) {
    guard let due = nextDeadline, due <= now else { return }
    nextDeadline = nil
    for place in sessions.indices {
      guard sessions[place] != nil else { continue }
      look(at: place, on: &stack, now: now)
      if sessions[place] != nil { nextDeadline = now + limits.lookInterval }
    }
  }

  private mutating func look(at place: Int, on stack: inout Stack, now: Instant) {
    guard var session = sessions[place] else { return }
    guard let status = try? stack.status(of: session.handle) else {
      sessions[place] = nil
      return
    }
    session.look(status, now: now)
    sessions[place] = session
    if now - session.stalledSince >= limits.stallTime {
      // What it has not taken would keep the blocks: closing in order waits for the peer again.
      stack.abort(session.handle, now: now)
      sessions[place] = nil
    } else if now - session.idleSince >= limits.idleTime {
      end(session.handle, on: &stack, now: now)
    }
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
