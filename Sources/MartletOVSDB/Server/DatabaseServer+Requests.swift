internal import MartletDevice

extension DatabaseServer {
  /// Answers a message.
  func handle(_ message: Message, _ session: Session, _ now: Instant) throws(SessionEnd) {
    switch message {
    case .reply: return
    case .notification("cancel", let params): cancel(params, session)
    case .notification: return
    case .request(let method, let params, let id):
      do throws(DatabaseError) {
        if let result = try answer(method, params, id, session, now) {
          session.send(Message.result(result, id: id))
        }
      } catch {
        // These two are plain words on the wire.
        let isPlain = error.tag == "unknown method" || error.tag == "unknown monitor"
        session.send(Message.error(isPlain ? .string(error.tag) : error.json, id: id))
      }
    }
  }

  /// The result of a request; `nil` when it was answered already, or will be later.
  private func answer(
    _ method: String, _ params: [JSONValue], _ id: JSONValue, _ session: Session, _ now: Instant
  ) throws(DatabaseError) -> JSONValue? {
    switch method {
    case "echo": return .array(params)
    case "list_dbs": return [.string(database.schema.name), .string(directory.schema.name)]
    case "get_schema": return database(try index(params, method)).schema.json
    case "transact":
      let index = try index(params, method)
      guard session.waiting.count < limits.waitingTransactions else {
        throw DatabaseError(
          "resources exhausted", "\(limits.waitingTransactions) transactions wait already")
      }
      let item = Session.Waiting(
        id: id, database: index, operations: params.dropFirst(), since: now, deadline: nil)
      if attempt(item, session, now) { retryWaiting(now) }
      return nil
    case "monitor": return try monitor(params, .update, session)
    case "monitor_cond": return try monitor(params, .update2, session)
    case "monitor_cond_since": return try monitor(params, .update3, session)
    case "monitor_cond_change": return try changeMonitor(params, session)
    case "monitor_cancel":
      guard let place = session.monitors.firstIndex(where: { $0.identifier == params.first }) else {
        throw DatabaseError("unknown monitor", "")
      }
      session.monitors.remove(at: place)
      return [:]
    case "lock", "steal", "unlock": return try lock(method, params, session)
    case "set_db_change_aware":
      guard params.count == 1, params[0].boolean != nil else {
        throw .syntax("set_db_change_aware: true or false parameter expected", .array(params))
      }
      // Databases do not come or go here, so that it makes no difference.
      return [:]
    case "get_server_id": return .string(serverIdentifier.description)
    default: throw DatabaseError("unknown method", method)
    }
  }

  /// The database that a request names first.
  private func index(_ params: [JSONValue], _ method: String) throws(DatabaseError) -> Int {
    guard let name = params.first?.string else {
      throw .syntax("\(method) request params must begin with <db-name>", .array(params))
    }
    guard let index = index(of: name) else { throw .unknownDatabase(name, method) }
    return index
  }

  private func cancel(_ params: [JSONValue], _ session: Session) {
    guard let place = session.waiting.firstIndex(where: { $0.id == params.first }) else { return }
    let item = session.waiting.remove(at: place)
    session.send(Message.error("canceled", id: item.id))
  }

  // MARK: Monitors

  private func monitor(
    _ params: [JSONValue], _ form: MonitorDefinition.Form, _ session: Session
  ) throws(DatabaseError) -> JSONValue? {
    let index = try index(params, "monitor")
    guard params.count == (form == .update3 ? 4 : 3) else {
      throw .syntax("invalid parameters for a monitor", .array(params))
    }
    guard !session.monitors.contains(where: { $0.identifier == params[1] }) else {
      throw .syntax("duplicate monitor ID", params[1])
    }
    guard session.monitors.count < limits.monitors else {
      throw DatabaseError("resources exhausted", "there are \(limits.monitors) monitors already")
    }
    let database = database(index)
    let definition = definition(
      try MonitorDefinition.Content(
        params[2], database: index, form: form, database.schema))
    var known: DatabaseUUID?
    if form == .update3 {
      known = params[3].string.flatMap { DatabaseUUID($0) }
      guard known != nil else { throw .syntax("last-txn-id must be UUID format.", params[3]) }
    }
    session.monitors.append(Session.Monitor(identifier: params[1], definition: definition))
    guard let known else { return initial(definition, database) }
    let state = JSONValue.string(database.state.description)
    if index == 0, let changes = history.changes(since: known) {
      return [true, state, definition.updates(changes, database.schema) ?? [:]]
    }
    return [false, state, initial(definition, database)]
  }

  private func initial(_ definition: MonitorDefinition, _ database: Database) -> JSONValue {
    if let known = definition.initial, known.state == database.state { return known.updates }
    let updates = definition.initialUpdates(database)
    definition.initial = (database.state, updates)
    return updates
  }

  private func changeMonitor(
    _ params: [JSONValue], _ session: Session
  ) throws(DatabaseError) -> JSONValue? {
    guard params.count == 3 else {
      throw .syntax("invalid parameters for monitor_cond_change", .array(params))
    }
    guard let place = session.monitors.firstIndex(where: { $0.identifier == params[0] }) else {
      throw .syntax("unknown monitor session", params[0])
    }
    guard
      params[0] == params[1] || !session.monitors.contains(where: { $0.identifier == params[1] })
    else { throw .syntax("duplicate monitor ID", params[1]) }
    let old = session.monitors[place].definition
    guard old.content.form != .update else {
      throw .syntax("a monitor without conditions cannot change them", params[0])
    }
    let database = database(old.content.database)
    let new = definition(try old.content.changingConditions(params[2], database.schema))
    let monitor = Session.Monitor(identifier: params[1], definition: new)
    session.monitors[place] = monitor
    // Before the reply, so that the client knows its rows when it comes.
    if let updates = old.updates(changingTo: new, database) {
      sendUpdate(updates.bytes, monitor, session, state: database.state)
    }
    return [:]
  }

  // MARK: Locks

  private func lock(
    _ method: String, _ params: [JSONValue], _ session: Session
  ) throws(DatabaseError) -> JSONValue {
    guard params.count == 1, let name = params[0].string, Self.isIdentifier(name) else {
      throw .syntax("\(method) request params must be <id>", .array(params))
    }
    if method == "unlock" {
      guard session.locks.remove(name) != nil else {
        throw .syntax("unlock: \"unlock\" without \"lock\" or \"steal\"", .array(params))
      }
      if let next = locks.unlock(name, for: session.identifier) { notify(next, "locked", name) }
      return [:]
    }
    guard !session.locks.contains(name) else {
      throw .syntax("must issue \"unlock\" before new \"\(method)\"", .array(params))
    }
    guard session.locks.count < limits.locks else {
      throw DatabaseError("resources exhausted", "\(limits.locks) locks are asked for already")
    }
    session.locks.insert(name)
    if method == "steal" {
      if let victim = locks.steal(name, for: session.identifier) {
        notify(victim, "stolen", name)
      }
      return ["locked": true]
    }
    return ["locked": .boolean(locks.lock(name, for: session.identifier))]
  }

  /// RFC 7047, section 3.1, `<id>`.
  static func isIdentifier(_ text: String) -> Bool {
    guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
    return text.utf8.allSatisfy {
      switch $0 {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"): true
      default: false
      }
    }
  }
}
