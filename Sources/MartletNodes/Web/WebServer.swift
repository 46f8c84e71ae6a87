// Says `unsafe` where a request's content, an array, is seen as bytes.

public import MartletDevice
internal import MartletHTTP
public import MartletStack
internal import MartletWire

/// An HTTP/1.1 server (RFC 9112) on a stack, driven by its events: keep-alive, pipelining, bounds
/// on all that a client may hold, and patience that ends.
///
/// It builds nothing before there is room for it: a request is read when the connection has room
/// for an answer's piece, and so a client that does not read is not read either.
public struct WebServer<Site: WebSite>: ~Copyable {
  /// What it says.
  public let site: Site
  /// What it has counted.
  public private(set) var counters = WebCounters()
  /// When `poll` is next needed; `nil` while no connection is open. Never too late.
  public private(set) var nextDeadline: Instant?
  let limits: WebLimits
  private let listener: ListenerHandle
  /// The sessions, each in its connection's place.
  private var sessions: [WebSession?]
  /// Sessions without a connection.
  private var spares: [WebSession] = []
  /// Whether connections were left with the listener.
  private var holdsBack = false
  private var output: OutputBuffer

  /// Listens at `local`. `connectionCount` is that of the stack's configuration.
  ///
  /// Throws what `Stack.listen` does.
  public init(
    _ site: consuming Site, at local: Endpoint, on stack: inout Stack, connectionCount: Int,
    limits: WebLimits = WebLimits()
  ) throws(StackError) {
    self.site = site
    self.limits = limits
    sessions = [WebSession?](repeating: nil, count: connectionCount)
    output = OutputBuffer(capacity: max(WebLimits.smallestPieceLength, limits.pieceLength))
    var options = ListenerOptions()
    options.backlog = max(16, min(256, limits.connectionCount))
    options.connection.noDelay = true
    listener = try stack.listen(on: local, options: options)
  }

  /// Takes an event of the stack; false when it concerns another.
  public mutating func handle(_ event: SocketEvent, on stack: inout Stack, now: Instant) -> Bool {
    switch event {
    case .listener(listener, _):
      accept(on: &stack, now: now)
      return true
    case .tcp(let handle, _):
      guard let session = sessions[handle.place], session.handle == handle else { return false }
      serve(session, on: &stack, now: now)
      return true
    default:
      return false
    }
  }

  /// Ends the connections whose time is over.
  public mutating func poll(on stack: inout Stack, now: Instant) {
    guard let due = nextDeadline, due <= now else { return }
    nextDeadline = nil
    for place in sessions.indices {
      guard let session = sessions[place] else { continue }
      if session.deadline <= now { expire(session, on: &stack, now: now) }
      if sessions[place] != nil { note(session.deadline) }
    }
  }

  private mutating func note(_ deadline: Instant) {
    nextDeadline = min(nextDeadline ?? deadline, deadline)
  }

  private mutating func setDeadline(_ deadline: Instant, of session: WebSession) {
    session.deadline = deadline
    note(deadline)
  }

  // MARK: Connections

  private mutating func accept(on stack: inout Stack, now: Instant) {
    holdsBack = false
    while let waiting = try? stack.readyCount(of: listener), waiting > 0,
      makeRoom(on: &stack, now: now), let handle = try? stack.accept(on: listener)
    {
      let deadline = now + limits.requestTime
      let session: WebSession
      if let spare = spares.popLast() {
        spare.restart(handle, deadline: deadline)
        session = spare
      } else {
        session = WebSession(handle, limits: limits.request, deadline: deadline)
      }
      sessions[handle.place] = session
      counters.openCount += 1
      counters.connections &+= 1
      note(deadline)
      serve(session, on: &stack, now: now)
    }
  }

  /// Whether another connection can be served, at the cost of an idle one if need be.
  private mutating func makeRoom(on stack: inout Stack, now: Instant) -> Bool {
    guard counters.openCount >= limits.connectionCount else { return true }
    var idlest: WebSession?
    for case let session? in sessions where session.isIdle {
      if let other = idlest, other.deadline <= session.deadline { continue }
      idlest = session
    }
    guard let idlest else {
      holdsBack = true
      return false
    }
    end(idlest, on: &stack, now: now)
    return true
  }

  private mutating func end(_ session: WebSession, on stack: inout Stack, now: Instant) {
    stack.close(session.handle, now: now)
    forget(session)
  }

  /// Gives a connection up whose answer cannot be completed: its client must not take it for whole.
  private mutating func breakOff(_ session: WebSession, on stack: inout Stack, now: Instant) {
    stack.abort(session.handle, now: now)
    forget(session)
  }

  /// Ends a connection on which something went wrong.
  private mutating func giveUp(
    _ session: WebSession, after error: StackError, on stack: inout Stack, now: Instant
  ) {
    if case .wouldBlock = error {
      breakOff(session, on: &stack, now: now)
    } else {
      end(session, on: &stack, now: now)
    }
  }

  private mutating func forget(_ session: WebSession) {
    sessions[session.handle.place] = nil
    spares.append(session)
    counters.openCount -= 1
  }

  private mutating func expire(_ session: WebSession, on stack: inout Stack, now: Instant) {
    switch session.phase {
    case .receiving where session.parser.isIdle:
      end(session, on: &stack, now: now)
    case .receiving:
      counters.timeouts &+= 1
      session.keepsAlive = false
      refuse(session, .requestTimeout, on: &stack, now: now)
      if sessions[session.handle.place] === session { serve(session, on: &stack, now: now) }
    case .answering:
      counters.timeouts &+= 1
      breakOff(session, on: &stack, now: now)
    case .lingering:
      end(session, on: &stack, now: now)
    }
    if holdsBack { accept(on: &stack, now: now) }
  }

  // MARK: Requests

  private mutating func serve(_ session: WebSession, on stack: inout Stack, now: Instant) {
    do throws(StackError) {
      var goesOn = true
      while goesOn {
        switch session.phase {
        case .receiving: goesOn = try receive(session, on: &stack, now: now)
        case .answering: goesOn = try goOn(session, on: &stack, now: now)
        case .lingering: goesOn = try linger(session, on: &stack, now: now)
        }
      }
    } catch {
      giveUp(session, after: error, on: &stack, now: now)
    }
    // Only one that is idle now, or has ended, makes room: looking for it after each segment of a
    // slow request would be a look at all sessions.
    if holdsBack, session.isIdle || counters.openCount < limits.connectionCount {
      accept(on: &stack, now: now)
    }
  }

  /// Reads on; false when there is nothing to do for now.
  private mutating func receive(
    _ session: WebSession, on stack: inout Stack, now: Instant
  ) throws(StackError) -> Bool {
    guard try room(session, on: &stack) >= Self.smallestPiece else { return false }
    let wasIdle = session.parser.isIdle
    var found = Found()
    let result = try stack.withReceived(on: session.handle, now: now) { bytes in
      found.read(bytes, of: session, for: site)
    }
    switch result {
    case .nothingYet: return false
    case .endOfStream:
      end(session, on: &stack, now: now)
      return false
    case .bytes: break
    }
    if let problem = found.problem {
      counters.badRequests &+= 1
      session.keepsAlive = false
      refuse(session, problem.status, on: &stack, now: now)
    } else if found.isComplete {
      try answer(session, on: &stack, now: now)
    } else {
      if wasIdle { setDeadline(now + limits.requestTime, of: session) }
      if found.expectsContinue {
        output.clear()
        output.appendContinue()
        try send(session, on: &stack, now: now)
      }
    }
    return sessions[session.handle.place] === session
  }

  /// The room that the connection has for a piece of an answer, promised.
  ///
  /// While others hold most of the stack's blocks it is less than a whole piece, and may stay so for
  /// long: what there is gets used.
  private func room(_ session: WebSession, on stack: inout Stack) throws(StackError) -> Int {
    try stack.sendCapacity(of: session.handle, upTo: output.capacity)
  }

  /// The room that any answer's head, or a page that says what is wrong, finds sufficient.
  private static var smallestPiece: Int { WebLimits.smallestPieceLength }

  /// What reading brought.
  private struct Found {
    var isComplete = false
    var expectsContinue = false
    var problem: RequestError?

    /// Reads up to the end of one request, and returns how many bytes that took.
    mutating func read(_ bytes: RawSpan, of session: WebSession, for site: borrowing Site) -> Int {
      var offset = 0
      do throws(RequestError) {
        while let event = try session.parser.next(in: bytes, at: &offset) {
          switch event {
          case .head:
            expectsContinue = session.parser.head.expectsContinue
            session.content.removeAll(keepingCapacity: true)
            session.contentLimit = site.contentLimit(of: session.parser.head)
          case .body(let range):
            guard let limit = session.contentLimit else { continue }
            guard session.content.count + range.count <= limit else {
              throw RequestError.bodyTooLong
            }
            for index in range { session.content.append(bytes.load(UInt8.self, at: index)) }
          case .end:
            isComplete = true
            return offset
          }
        }
      } catch {
        problem = error
      }
      return offset
    }
  }

  // MARK: Answers

  private mutating func answer(
    _ session: WebSession, on stack: inout Stack, now: Instant
  ) throws(StackError) {
    let isHead = session.parser.head.method == .head
    session.keepsAlive = session.parser.head.keepsAlive
    output.clear()
    switch answer(of: session, now: now) {
    case .page(let body, let contentType, let length, let fields):
      let isVersion11 = session.parser.head.isVersion11
      session.isChunked = length == nil && isVersion11
      session.bytesLeft = length
      session.body = isHead || length == 0 ? nil : body
      let head = ResponseHead(
        .ok, contentType: contentType,
        framing: length.map { .length($0) } ?? (isVersion11 ? .chunked : .untilClose),
        keepsAlive: session.keepsAlive)
      session.keepsAlive = head.keepsAlive
      output.append(head)
      output.append(fields)
      output.endHead()
    case .refused(let status):
      output.appendErrorPage(status, keepsAlive: session.keepsAlive, isHead: isHead)
    case .notFound:
      output.appendErrorPage(.notFound, keepsAlive: session.keepsAlive, isHead: isHead)
    case .methodNotAllowed(let allowed):
      output.appendErrorPage(
        .methodNotAllowed, allow: allowed, keepsAlive: session.keepsAlive, isHead: isHead)
    case .notImplemented:
      output.appendErrorPage(.notImplemented, keepsAlive: session.keepsAlive, isHead: isHead)
    }
    counters.requests &+= 1
    try begin(session, on: &stack, now: now)
  }

  private func answer(of session: WebSession, now: Instant) -> WebAnswer {
    guard session.contentLimit != nil else { return site.answer(session.parser.head) }
    let content = session.content
    return unsafe site.answer(
      session.parser.head, content: ByteText(content.span.bytes), now: now)
  }

  private mutating func refuse(
    _ session: WebSession, _ status: Status, on stack: inout Stack, now: Instant
  ) {
    output.clear()
    output.appendErrorPage(status, keepsAlive: false)
    do throws(StackError) {
      guard try room(session, on: &stack) >= output.count else {
        return breakOff(session, on: &stack, now: now)
      }
      try begin(session, on: &stack, now: now)
    } catch {
      giveUp(session, after: error, on: &stack, now: now)
    }
  }

  /// Sends an answer's head, or all of it.
  private mutating func begin(
    _ session: WebSession, on stack: inout Stack, now: Instant
  ) throws(StackError) {
    session.phase = .answering
    try send(session, on: &stack, now: now)
    setDeadline(now + limits.stallTime, of: session)
  }

  /// Sends the body as far as there is room; false when there is none for now.
  private mutating func goOn(
    _ session: WebSession, on stack: inout Stack, now: Instant
  ) throws(StackError) -> Bool {
    while let body = session.body {
      let room = try room(session, on: &stack)
      guard room >= Self.smallestPiece else { return false }
      output.clear()
      append(body, of: session, limit: room, stack: stack, now: now)
      guard !output.hasOverflowed, output.count <= room, session.bytesLeft ?? 0 >= 0 else {
        breakOff(session, on: &stack, now: now)
        return false
      }
      try send(session, on: &stack, now: now)
      setDeadline(now + limits.stallTime, of: session)
    }
    return try finish(session, on: &stack, now: now)
  }

  private mutating func append(
    _ body: WebBody, of session: WebSession, limit: Int, stack: borrowing Stack, now: Instant
  ) {
    // A chunk's length and line ends, and the mark of the last.
    let limit = limit - 16
    guard session.isChunked else {
      let before = output.count
      session.body = site.append(
        body, to: &output, limit: limit, of: stack, web: counters, now: now)
      if let left = session.bytesLeft { session.bytesLeft = left - (output.count - before) }
      return
    }
    let chunk = output.beginChunk()
    session.body = site.append(
      body, to: &output, limit: limit, of: stack, web: counters, now: now)
    output.endChunk(chunk)
    if session.body == nil { output.endChunks() }
  }

  private mutating func finish(
    _ session: WebSession, on stack: inout Stack, now: Instant
  ) throws(StackError) -> Bool {
    let isHead = session.parser.head.method == .head
    guard session.bytesLeft ?? 0 == 0 || isHead else {
      breakOff(session, on: &stack, now: now)
      return false
    }
    session.bytesLeft = nil
    session.isChunked = false
    if session.keepsAlive {
      session.phase = .receiving
      setDeadline(now + limits.idleTime, of: session)
    } else {
      try stack.shutdown(session.handle, now: now)
      session.phase = .lingering
      setDeadline(now + limits.lingerTime, of: session)
    }
    return true
  }

  private mutating func send(
    _ session: WebSession, on stack: inout Stack, now: Instant
  ) throws(StackError) {
    // Room was promised for all of it.
    let sent = try stack.send(output.bytes, on: session.handle, now: now)
    guard sent == output.count else { throw .wouldBlock }
  }

  /// Reads away what still comes, until the client's end.
  private mutating func linger(
    _ session: WebSession, on stack: inout Stack, now: Instant
  ) throws(StackError) -> Bool {
    switch try stack.withReceived(on: session.handle, now: now, { $0.byteCount }) {
    case .bytes: return true
    case .nothingYet: return false
    case .endOfStream:
      end(session, on: &stack, now: now)
      return false
    }
  }
}
