public import MartletDevice

/// An OVSDB server (RFC 7047 with Open vSwitch's extensions) without I/O: bytes of a connection in,
/// bytes out, one owner, no clock.
///
/// Every turn of its owner: `receive` what came, `settle` once, then `takeOutput` of whoever has some.
/// `settle` waits for the disk once for all transactions of the turn; before it nothing is handed out,
/// so that nobody is told of what a crash could take back.
public final class DatabaseServer {
  /// What its clients may hold.
  public let limits: ServerLimits
  /// The database it serves.
  public let database: Database
  /// The database about databases.
  let directory: Database
  let storage: any DatabaseStorage
  /// Gives the date of a record, in milliseconds since 1970; `nil` leaves it out.
  private let date: () -> Int64?
  private let identifier: DatabaseUUID

  var sessions: [SessionID: Session] = [:]
  var locks = LockTable()
  var history: History
  private var lastSession: UInt64 = 0
  private var definitions: [MonitorDefinition.Content: WeakDefinition] = [:]
  private var hasUnwritten = false
  /// The sessions that have more messages to be looked at.
  private var paused: Set<SessionID> = []
  /// Called after each transaction, by whom it was made.
  private var observer: (Commit) -> Void = { _ in }

  private struct WeakDefinition {
    weak var value: MonitorDefinition?
  }

  /// Serves a database that `storage` keeps.
  public init(
    _ database: Database, storage: any DatabaseStorage, limits: ServerLimits = ServerLimits(),
    date: @escaping () -> Int64? = { nil }
  ) {
    self.database = database
    self.storage = storage
    self.limits = limits
    self.date = date
    identifier = database.generator.next()
    history = History(state: database.state, limits: limits)
    directory = Database(
      .server, generator: UUIDGenerator(seed: (database.state.high, database.state.low)))
    for schema in [database.schema, .server] {
      let row: JSONValue = [
        "op": "insert", "table": "Database",
        "row": [
          "name": .string(schema.name), "model": "standalone", "connected": true, "leader": true,
          "schema": .string(schema.json.text),
        ],
      ]
      _ = directory.transact([row], OperationContext()) { (_) throws(DatabaseError) in }
    }
  }

  /// Lets `body` know of each transaction, after it was made.
  public func observe(_ body: @escaping (Commit) -> Void) { observer = body }

  func database(_ index: Int) -> Database { index == 0 ? database : directory }

  /// The place of a database by its name.
  func index(of name: String) -> Int? {
    name == database.schema.name ? 0 : name == directory.schema.name ? 1 : nil
  }

  // MARK: Connections

  /// Begins a connection.
  ///
  /// - Parameters:
  ///   - isProbed: Whether a silent client is asked if it is still there; over unix sockets the kernel
  ///     knows.
  ///   - now: The time.
  /// - Returns: Its name.
  /// - Throws: `tooManySessions`.
  public func open(isProbed: Bool, now: Instant) throws(SessionEnd) -> SessionID {
    guard sessions.count < limits.sessions else {
      throw .tooManySessions(limit: limits.sessions)
    }
    lastSession += 1
    let id = SessionID(rawValue: lastSession)
    sessions[id] = Session(
      id, framer: JSONFramer(lengthLimit: limits.messageLength), isProbed: isProbed, now: now)
    return id
  }

  /// Ends a connection: its locks go to the next in turn, its transactions that wait are forgotten.
  public func close(_ id: SessionID) {
    guard let session = sessions.removeValue(forKey: id) else { return }
    paused.remove(id)
    session.end = session.end ?? .closed
    for name in session.locks {
      if let next = locks.unlock(name, for: id) { notify(next, "locked", name) }
    }
  }

  /// Why a connection must be closed by its owner; `nil` while it need not be.
  public func end(of id: SessionID) -> SessionEnd? {
    sessions[id].map(\.end) ?? .closed
  }

  /// Takes bytes that came.
  public func receive(_ bytes: [UInt8], from id: SessionID, now: Instant) {
    guard let session = sessions[id], session.end == nil else { return }
    session.lastHeard = now
    session.isAsked = false
    session.framer.append(bytes)
    process(session, now)
  }

  /// Whether more of its bytes should be read now. A client that does not read its answers is not
  /// given more of them.
  public func wantsInput(_ id: SessionID) -> Bool {
    guard let session = sessions[id], session.end == nil else { return false }
    return !paused.contains(id) && session.backlog < limits.outputPause
  }

  private func process(_ session: Session, _ now: Instant) {
    paused.remove(session.identifier)
    do throws(SessionEnd) {
      while session.end == nil {
        guard session.backlog < limits.outputPause else {
          paused.insert(session.identifier)
          return
        }
        guard let json = try nextMessage(session) else { return }
        try handle(Message(json), session, now)
      }
    } catch {
      session.end = error
    }
  }

  private func nextMessage(_ session: Session) throws(SessionEnd) -> JSONValue? {
    do throws(JSONSyntaxError) {
      return try session.framer.next()
    } catch {
      throw .badJSON(error)
    }
  }

  // MARK: Output

  /// Makes what was done since the last call safe. Must be called before `takeOutput`.
  ///
  /// - Throws: When the disk fails. The server must then be let go of: what it holds in memory may be
  ///   more than what the disk has, and nobody was told of it.
  public func settle() throws(StorageError) {
    guard hasUnwritten else { return }
    try storage.synchronize()
    hasUnwritten = false
    guard storage.wantsCompaction else { return }
    try storage.replace([database.schema.json, database.snapshot(milliseconds: date())])
  }

  /// The connections that have something to be sent, or must be closed.
  public var activeSessions: [SessionID] {
    sessions.values.filter { !$0.output.isEmpty || $0.end != nil }.map(\.identifier)
  }

  /// The bytes to be sent next. By asking again the owner says that the last ones were sent.
  public func takeOutput(of id: SessionID, now: Instant) -> [UInt8] {
    guard !hasUnwritten, let session = sessions[id] else { return [] }
    let output = session.output
    session.output = []
    session.inFlight = output.count
    if paused.contains(id), session.backlog < limits.outputPause { process(session, now) }
    return output
  }

  /// The bytes that wait for a client.
  public func backlog(of id: SessionID) -> Int { sessions[id]?.backlog ?? 0 }

  func notify(_ id: SessionID, _ method: String, _ name: String) {
    sessions[id]?.send(Message.notify(method, [.string(name)]))
  }

  // MARK: Transactions

  /// Runs a transaction of a session, or of the program itself.
  func run(
    _ operations: ArraySlice<JSONValue>, on index: Int, for session: Session?, waited: Int64
  ) -> Database.Outcome {
    let context = OperationContext(
      ownsLock: { [locks] name in session.map { locks.isOwner($0.identifier, of: name) } ?? false },
      waited: waited)
    let outcome = database(index).transact(operations, context, isReadOnly: index == 1) {
      (commit) throws(DatabaseError) in
      guard let record = database.record(of: commit, milliseconds: date()) else { return }
      do throws(StorageError) {
        try storage.append(record)
      } catch {
        throw DatabaseError("I/O error", error.description)
      }
      hasUnwritten = true
    }
    if case .done(_, let commit?) = outcome { tell(commit) }
    return outcome
  }

  /// Runs a transaction of the program itself. It is safe after `settle`.
  ///
  /// - Returns: The results, one an operation, and one more when it failed as a whole. A `wait` that
  ///   does not hold fails at once.
  public func transact(_ operations: [JSONValue], now: Instant) -> [JSONValue] {
    switch run(operations[...], on: 0, for: nil, waited: .max) {
    case .done(let results, let commit):
      if commit != nil { retryWaiting(now) }
      return results
    case .waits: return [DatabaseError("timed out", "\"wait\" does not hold").json]
    }
  }

  /// Tells monitors of a transaction.
  private func tell(_ commit: Commit) {
    history.append(commit)
    var cache: [ObjectIdentifier: [UInt8]?] = [:]
    for session in sessions.values where session.end == nil {
      for monitor in session.monitors where monitor.definition.content.database == 0 {
        let key = ObjectIdentifier(monitor.definition)
        let updates: [UInt8]?
        if let known = cache[key] {
          updates = known
        } else {
          // It is out of date, and would only take room.
          monitor.definition.initial = nil
          updates = monitor.definition.updates(commit.changes, database.schema).map(\.bytes)
          cache[key] = .some(updates)
        }
        guard let updates else { continue }
        sendUpdate(updates, monitor, session, state: commit.identifier)
      }
    }
    observer(commit)
  }

  /// Tells a monitor of changes that are written out already.
  func sendUpdate(
    _ updates: [UInt8], _ monitor: Session.Monitor, _ session: Session, state: DatabaseUUID
  ) {
    guard session.backlog < limits.outputLimit else {
      session.end = .slowReader(byteCount: session.backlog)
      session.output = []
      return
    }
    let method =
      switch monitor.definition.content.form {
      case .update: "update"
      case .update2: "update2"
      case .update3: "update3"
      }
    session.output += "{\"method\":\"\(method)\",\"params\":[".utf8
    monitor.identifier.append(to: &session.output)
    if monitor.definition.content.form == .update3 { session.output += ",\"\(state)\"".utf8 }
    session.output.append(UInt8(ascii: ","))
    session.output += updates
    session.output += "],\"id\":null}".utf8
  }

  /// The definition that all monitors of this content share.
  func definition(_ content: MonitorDefinition.Content) -> MonitorDefinition {
    if let known = definitions[content]?.value { return known }
    definitions = definitions.filter { $0.value.value != nil }
    let new = MonitorDefinition(content)
    definitions[content] = WeakDefinition(value: new)
    return new
  }

  // MARK: Time

  /// Tries the transactions that wait once more, until none of them changes anything.
  func retryWaiting(_ now: Instant) {
    var hasChanged = true
    while hasChanged {
      hasChanged = false
      for session in sessions.values.sorted(by: { $0.identifier.rawValue < $1.identifier.rawValue })
      where !session.waiting.isEmpty && session.end == nil {
        let waiting = session.waiting
        session.waiting = []
        for item in waiting where attempt(item, session, now) { hasChanged = true }
      }
    }
  }

  /// Runs a transaction that may have to wait, and answers it when it has ended.
  ///
  /// - Returns: Whether it changed something.
  func attempt(_ item: Session.Waiting, _ session: Session, _ now: Instant) -> Bool {
    let waited = (now - item.since).microseconds / 1000
    switch run(item.operations, on: item.database, for: session, waited: waited) {
    case .done(let results, let commit):
      session.send(Message.result(.array(results), id: item.id))
      return commit != nil
    case .waits(let limit):
      var item = item
      // Beyond a hundred years there is no deadline, and no overflow.
      item.deadline = limit.flatMap {
        $0 < 3_000_000_000_000 ? item.since + .milliseconds($0) : nil
      }
      session.waiting.append(item)
      return false
    }
  }

  /// Does what is due: transactions that have waited long enough, clients that are silent.
  public func poll(now: Instant) {
    for session in sessions.values where session.end == nil {
      if session.waiting.contains(where: { $0.deadline.map { $0 <= now } ?? false }) {
        let waiting = session.waiting
        session.waiting = []
        var hasChanged = false
        for item in waiting where attempt(item, session, now) { hasChanged = true }
        if hasChanged { retryWaiting(now) }
      }
      guard session.isProbed, let due = probeDeadline(session), due <= now else { continue }
      if session.isAsked {
        session.end = .silent
      } else {
        session.isAsked = true
        session.send(["method": "echo", "params": [], "id": "echo"])
      }
    }
  }

  /// When `poll` has something to do; `nil` when it never has.
  public var nextDeadline: Instant? {
    var earliest: Instant?
    for session in sessions.values where session.end == nil {
      let deadlines =
        session.waiting.compactMap(\.deadline) + [probeDeadline(session)].compactMap { $0 }
      for deadline in deadlines { earliest = earliest.map { min($0, deadline) } ?? deadline }
    }
    return earliest
  }

  private func probeDeadline(_ session: Session) -> Instant? {
    guard session.isProbed, limits.probeInterval > 0 else { return nil }
    return session.lastHeard + .milliseconds(limits.probeInterval * (session.isAsked ? 2 : 1))
  }

  /// Names this server for ever, or until it ends.
  var serverIdentifier: DatabaseUUID { identifier }
}
