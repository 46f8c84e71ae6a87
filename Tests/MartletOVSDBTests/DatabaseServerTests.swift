import MartletDevice
@testable import MartletOVSDB
import Testing

@Suite struct DatabaseServerTests {
  let storage = MemoryStorage()
  let server: DatabaseServer
  let start = Instant(microseconds: 1_000_000)

  init() {
    var limits = ServerLimits()
    limits.outputLimit = 20_000
    limits.outputPause = 10_000
    limits.sessions = 3
    server = DatabaseServer(
      Database(.example, generator: UUIDGenerator(seed: (7, 8))), storage: storage, limits: limits)
  }

  func open(isProbed: Bool = false) throws -> SessionID {
    try server.open(isProbed: isProbed, now: start)
  }

  func send(_ method: String, _ params: JSONValue, id: JSONValue = 1, to session: SessionID) {
    let message: JSONValue = ["method": .string(method), "params": params, "id": id]
    server.receive(message.bytes, from: session, now: start)
  }

  /// What a session has been sent.
  func received(_ session: SessionID, at now: Instant? = nil) throws -> [JSONValue] {
    try server.settle()
    var framer = JSONFramer(lengthLimit: 1 << 20)
    framer.append(server.takeOutput(of: session, now: now ?? start))
    var messages: [JSONValue] = []
    while let message = try framer.next() { messages.append(message) }
    return messages
  }

  func insert(_ name: String, number: Int64 = 0) -> JSONValue {
    ["op": "insert", "table": "Root", "row": ["name": .string(name), "number": .integer(number)]]
  }

  @Test func nothingIsSaidBeforeItIsSafe() throws {
    let session = try open()
    send("transact", ["Example", insert("a")], to: session)
    #expect(server.takeOutput(of: session, now: start).isEmpty)
    storage.failsToSynchronize = true
    #expect(throws: StorageError.self) { try server.settle() }
    #expect(server.takeOutput(of: session, now: start).isEmpty)
    storage.failsToSynchronize = false
    let messages = try received(session)
    #expect(messages.count == 1)
    #expect(storage.synchronized == storage.bytes.count)
  }

  @Test func manyTransactionsOfATurnWaitForTheDiskOnce() throws {
    let first = try open()
    let second = try open()
    send("transact", ["Example", insert("a")], to: first)
    send("transact", ["Example", insert("b")], to: second)
    #expect(try received(first).count == 1)
    #expect(try received(second).count == 1)
    #expect(storage.synchronizations == 1)
  }

  @Test func aMonitorIsToldBeforeTheReply() throws {
    let session = try open()
    send("monitor", ["Example", "m", ["Root": ["columns": ["name", "number"]]]], to: session)
    #expect(try received(session) == [["id": 1, "result": [:], "error": .null]])
    send("transact", ["Example", insert("a")], id: 2, to: session)
    var messages = try received(session)
    #expect(messages.count == 2)
    #expect(messages[0].object?["method"] == "update")
    #expect(messages[1].object?["id"] == 2)
    send(
      "transact",
      ["Example", ["op": "update", "table": "Root", "where": [], "row": ["number": 5]]],
      to: session)
    messages = try received(session)
    let uuid = try #require(server.database.rows(of: "Root").first?.uuid.description)
    let update = JSONValue.object(
      JSONObject([(uuid, ["old": ["number": 0], "new": ["name": "a", "number": 5]])]))
    #expect(messages[0].object?["params"] == ["m", ["Root": update]])
    // A column that is not watched.
    send(
      "transact", ["Example", ["op": "update", "table": "Root", "where": [], "row": ["real": 5]]],
      to: session)
    #expect(try received(session).count == 1)
  }

  @Test func withoutColumnsAMonitorIsToldOfRowsThatComeAndGo() throws {
    let session = try open()
    _ = server.transact([insert("a")], now: start)
    send("monitor_cond", ["Example", "m", ["Root": [["columns": []]]]], to: session)
    let rows = try received(session)[0].object?["result"]?.object?["Root"]?.object
    #expect(rows?.members.map(\.value) == [["initial": [:]]])
    let change: JSONValue = ["op": "update", "table": "Root", "where": [], "row": ["real": 5]]
    send("transact", ["Example", change], to: session)
    #expect(try received(session).count == 1)
    send("transact", ["Example", ["op": "delete", "table": "Root", "where": []]], to: session)
    #expect(try received(session).count == 2)
  }

  @Test func conditionsAndTheirChangesComeAsRowsThatComeAndGo() throws {
    let session = try open()
    send(
      "monitor_cond",
      ["Example", "m", ["Root": [["columns": ["number"], "where": [["number", ">", 5]]]]]],
      to: session)
    send("transact", ["Example", insert("a", number: 1), insert("b", number: 9)], to: session)
    var messages = try received(session)
    #expect(messages.count == 3)
    let rows = server.database.rows(of: "Root")
    let name = { (number: Int64) -> String in
      rows.first { $0.row.fields.contains(Datum(.integer(number))) }?.uuid.description ?? ""
    }
    #expect(
      messages[1].object?["params"]
        == ["m", ["Root": .object(JSONObject([(name(9), ["insert": ["number": 9]])]))]])
    send(
      "transact",
      [
        "Example",
        ["op": "update", "table": "Root", "where": [["name", "==", "b"]], "row": ["number": 2]],
      ],
      to: session)
    messages = try received(session)
    #expect(
      messages[0].object?["params"]
        == ["m", ["Root": .object(JSONObject([(name(9), ["delete": .null])]))]])
    send(
      "monitor_cond_change", ["m", "n", ["Root": [["where": [["number", "==", 1]]]]]], to: session)
    messages = try received(session)
    #expect(messages.map { $0.object?["method"] } == ["update2", nil])
    #expect(
      messages[0].object?["params"]
        == ["n", ["Root": .object(JSONObject([(name(1), ["insert": ["number": 1]])]))]])
  }

  @Test func whoComesBackIsToldOnlyOfWhatChanged() throws {
    var session = try open()
    let request = { (known: String) -> JSONValue in
      ["Example", "m", ["Root": [["columns": ["number"]]]], .string(known)]
    }
    send("monitor_cond_since", request(DatabaseUUID.zero.description), to: session)
    var result = try #require(received(session).first?.object?["result"]?.array)
    #expect(result[0] == false)
    send("transact", ["Example", insert("a", number: 1)], to: session)
    let params = try #require(received(session).first?.object?["params"]?.array)
    #expect(params.count == 3)
    let known = try #require(params[1].string)
    server.close(session)
    _ = server.transact([insert("b", number: 2)], now: start)
    session = try open()
    send("monitor_cond_since", request(known), to: session)
    result = try #require(received(session).first?.object?["result"]?.array)
    #expect(result[0] == true)
    #expect(result[1].string == server.database.state.description)
    #expect(result[2].object?["Root"]?.object?.members.count == 1)
  }

  @Test func theHistoryIsBounded() throws {
    let first = server.database.state
    for index in 0..<server.limits.historyLength {
      let row: JSONValue =
        index == 0
        ? insert("a")
        : ["op": "mutate", "table": "Root", "where": [], "mutations": [["real", "+=", 1]]]
      _ = server.transact([row], now: start)
    }
    #expect(server.history.changes(since: first) != nil)
    _ = server.transact(
      [["op": "mutate", "table": "Root", "where": [], "mutations": [["real", "+=", 1]]]], now: start
    )
    #expect(server.history.changes(since: first) == nil)
  }

  @Test func locksPassFromOneToTheNext() throws {
    let (first, second, third) = (try open(), try open(), try open())
    send("lock", ["l"], to: first)
    #expect(try received(first)[0].object?["result"] == ["locked": true])
    send("lock", ["l"], to: second)
    #expect(try received(second)[0].object?["result"] == ["locked": false])
    send("transact", ["Example", ["op": "assert", "lock": "l"]], to: second)
    #expect(
      try received(second)[0].object?["result"]?.array?.first?.errorTag == "not owner")
    send("steal", ["l"], to: third)
    #expect(try received(first)[0].object?["method"] == "stolen")
    server.close(third)
    #expect(try received(first)[0].object?["method"] == "locked")
    send("unlock", ["l"], to: first)
    _ = try received(first)
    #expect(try received(second)[0].object?["method"] == "locked")
    send("transact", ["Example", ["op": "assert", "lock": "l"]], to: second)
    #expect(try received(second)[0].object?["result"] == [[:]])
  }

  @Test func aTransactionWaitsForAnother() throws {
    let (first, second) = (try open(), try open())
    let wait: JSONValue = [
      "op": "wait", "table": "Root", "timeout": 1000, "where": [], "columns": ["name"],
      "until": "==", "rows": [["name": "a"]],
    ]
    send("transact", ["Example", wait], id: 5, to: first)
    #expect(try received(first).isEmpty)
    #expect(server.nextDeadline == start + .seconds(1))
    send("transact", ["Example", insert("a")], to: second)
    #expect(try received(first) == [["id": 5, "result": [[:]], "error": .null]])
    #expect(server.nextDeadline == nil)

    send(
      "transact", ["Example", ["op": "delete", "table": "Root", "where": []], wait], id: 6,
      to: first)
    send(
      "transact", ["Example", ["op": "delete", "table": "Root", "where": []], wait], id: 7,
      to: first)
    send("cancel", [6], id: .null, to: first)
    #expect(try received(first).map { $0.object?["error"] } == ["canceled"])
    server.poll(now: start + .seconds(1))
    let results = try received(first)[0].object?["result"]?.array
    #expect(results?.last?.errorTag == "timed out")
    #expect(server.database.rowCount == 1)
  }

  @Test func aClientThatDoesNotReadIsNotAnsweredAndThenDropped() throws {
    let (slow, other) = (try open(), try open())
    send("monitor", ["Example", "m", ["Root": [:]]], to: slow)
    let echo = JSONValue.string(String(repeating: "x", count: 4000))
    for _ in 0..<10 { send("echo", [echo], to: slow) }
    #expect(!server.wantsInput(slow))
    #expect(server.backlog(of: slow) < 20_000)
    for number in 0..<100 where server.end(of: slow) == nil {
      let operation: JSONValue =
        number == 0
        ? insert("a")
        : [
          "op": "update", "table": "Root", "where": [], "row": ["number": .integer(Int64(number))],
        ]
      send("transact", ["Example", operation], to: other)
      _ = try received(other)
    }
    guard case .slowReader? = server.end(of: slow) else {
      Issue.record("it is still there")
      return
    }
    #expect(server.end(of: other) == nil)
  }

  @Test func aClientThatReadsAgainGetsTheRest() throws {
    let session = try open()
    let echo = JSONValue.string(String(repeating: "x", count: 4000))
    for index in 0..<10 { send("echo", [echo], id: .integer(Int64(index)), to: session) }
    var ids: [JSONValue?] = []
    for _ in 0..<20 { ids += try received(session).map { $0.object?["id"] } }
    #expect(ids == (0..<10).map { .integer($0) })
    #expect(server.wantsInput(session))
  }

  @Test func aSilentClientIsAskedAndThenDropped() throws {
    let session = try open(isProbed: true)
    #expect(server.nextDeadline == start + .seconds(5))
    server.poll(now: start + .seconds(5))
    #expect(try received(session)[0].object?["method"] == "echo")
    server.poll(now: start + .seconds(9))
    #expect(server.end(of: session) == nil)
    server.poll(now: start + .seconds(10))
    #expect(server.end(of: session) == .silent)
  }

  @Test(arguments: [
    "[1]", "{\"id\":1}", "{\"method\":1,\"params\":[],\"id\":1}",
    "{\"method\":\"echo\",\"params\":{},\"id\":1}", "{,}", "{\"method\":\"echo\"}",
  ]) func whatIsNoMessageEndsTheConnection(text: String) throws {
    let session = try open()
    server.receive(Array(text.utf8), from: session, now: start)
    #expect(server.end(of: session) != nil)
  }

  @Test(
    arguments: [
      ("nope", [], "unknown method"), ("monitor_cancel", ["m"], "unknown monitor"),
      ("transact", ["Nope"], "unknown database"), ("transact", [], "syntax error"),
      ("get_schema", [], "syntax error"), ("lock", ["a b"], "syntax error"),
      ("unlock", ["a"], "syntax error"), ("monitor", ["Example"], "syntax error"),
      ("monitor", ["Example", "m", ["Nope": [:]]], "syntax error"),
      ("monitor", ["Example", "m", ["Root": ["columns": ["x"]]]], "syntax error"),
      ("monitor_cond_since", ["Example", "m", [:], "x"], "syntax error"),
    ] as [(String, JSONValue, String)])
  func badRequestsAreAnswered(method: String, params: JSONValue, tag: String) throws {
    let session = try open()
    send(method, params, to: session)
    let error = try received(session)[0].object?["error"]
    #expect(error?.string == tag || error?.errorTag == tag)
    #expect(server.end(of: session) == nil)
  }

  @Test func theDirectoryIsReadOnly() throws {
    let session = try open()
    let select: JSONValue = ["op": "select", "table": "Database", "where": [], "columns": ["name"]]
    send("transact", ["_Server", select], to: session)
    let rows = try received(session)[0].object?["result"]?.array?.first?.object?["rows"]?.array
    #expect(rows?.count == 2)
    send("transact", ["_Server", ["op": "delete", "table": "Database", "where": []]], to: session)
    #expect(try received(session)[0].object?["result"]?.array?.first?.errorTag == "not allowed")
  }

  @Test func connectionsAreBounded() throws {
    for _ in 0..<3 { _ = try open() }
    #expect(throws: SessionEnd.tooManySessions(limit: 3)) { try open() }
  }

  @Test func compactionHappensBetweenTurns() throws {
    storage.compactsAbove = storage.bytes.count
    _ = server.transact([insert("a")], now: start)
    try server.settle()
    let database = Database(.example)
    _ = try JournalFile.load(storage.bytes, into: database)
    #expect(database.content == server.database.content)
  }
}
