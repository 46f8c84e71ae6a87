@testable import MartletOVSDB
import Testing

@Suite struct TransactionTests {
  let database = Database(.example, generator: UUIDGenerator(seed: (1, 2)))

  func insertRoot(_ name: String, _ row: JSONValue = [:]) -> JSONValue {
    var members = row.object ?? JSONObject()
    members.append("name", .string(name))
    return ["op": "insert", "table": "Root", "row": .object(members)]
  }

  @Test func aNamedRowMayBeUsedBeforeItIsInserted() {
    let results = database.run(
      insertRoot("a", ["leaves": ["named-uuid", "leaf"]]),
      ["op": "insert", "table": "Leaf", "uuid-name": "leaf", "row": ["name": "x"]])
    #expect(results.count == 2)
    #expect(database.rows(of: "Leaf").count == 1)
    #expect(
      database.run(["op": "select", "table": "Root", "where": [], "columns": ["leaves"]])
        == [["rows": [["leaves": results[1].object?["uuid"] ?? .null]]]])
  }

  @Test func aLeafThatNobodyKeepsGoesAndWhatItKeepsToo() {
    database.run(
      insertRoot("a", ["leaves": ["named-uuid", "one"]]),
      [
        "op": "insert", "table": "Leaf", "uuid-name": "one",
        "row": ["name": "one", "next": ["named-uuid", "two"]],
      ],
      ["op": "insert", "table": "Leaf", "uuid-name": "two", "row": ["name": "two"]],
      ["op": "insert", "table": "Leaf", "row": ["name": "nobody's"]])
    #expect(database.rows(of: "Leaf").count == 2)
    database.run(["op": "update", "table": "Root", "where": [], "row": ["leaves": ["set", []]]])
    #expect(database.rows(of: "Leaf").isEmpty)
    #expect(database.tables.allSatisfy { $0.references.isEmpty })
  }

  @Test func aRowThatIsReferredToIsNotDeleted() {
    database.run(
      insertRoot("a", ["leaves": ["named-uuid", "leaf"]]),
      ["op": "insert", "table": "Leaf", "uuid-name": "leaf", "row": [:]])
    let results = database.run(["op": "delete", "table": "Leaf", "where": []])
    #expect(results.count == 2)
    #expect(results.last?.errorTag == "referential integrity violation")
    #expect(database.rows(of: "Leaf").count == 1)
  }

  @Test func aReferenceToNothingIsRefused() {
    let results = database.run(
      insertRoot("a", ["leaves": ["uuid", "550e8400-e29b-41d4-a716-446655440000"]]))
    #expect(results.last?.errorTag == "referential integrity violation")
    #expect(database.rowCount == 0)
  }

  @Test func aWeakReferenceGoesWithItsRow() {
    database.run(
      insertRoot("a", ["leaves": ["named-uuid", "leaf"]]),
      insertRoot("b", ["weak": ["named-uuid", "leaf"]]),
      ["op": "insert", "table": "Leaf", "uuid-name": "leaf", "row": [:]])
    let select: JSONValue = [
      "op": "select", "table": "Root", "where": [["name", "==", "b"]], "columns": ["weak"],
    ]
    #expect(database.run(select) != [["rows": [["weak": ["set", []]]]]])
    database.run(
      [
        "op": "update", "table": "Root", "where": [["name", "==", "a"]],
        "row": ["leaves": ["set", []]],
      ])
    #expect(database.run(select) == [["rows": [["weak": ["set", []]]]]])
    #expect(database.tables.allSatisfy { $0.weakReferrers.isEmpty })
  }

  @Test func indexesAndLimitsOfRowsHold() {
    database.run(insertRoot("a"), insertRoot("b"))
    #expect(database.run(insertRoot("a")).last?.errorTag == "constraint violation")
    #expect(database.run(insertRoot("c"), insertRoot("d")).last?.errorTag == "constraint violation")
    // The name is free again in the transaction that deletes its row.
    let results = database.run(
      ["op": "delete", "table": "Root", "where": [["name", "==", "a"]]], insertRoot("a"))
    #expect(results.allSatisfy { $0.errorTag == nil })
    #expect(database.rows(of: "Root").count == 2)
  }

  @Test(
    arguments: [
      (["number", "+=", 1], 6), (["number", "-=", 1], 4), (["number", "*=", 3], 15),
      (["number", "/=", 2], 2), (["number", "%=", 3], 2),
    ] as [(JSONValue, JSONValue)]) func numbersAreCalculatedWith(
      mutation: JSONValue, result: JSONValue
    )
  {
    database.run(insertRoot("a", ["number": 5]))
    database.run(["op": "mutate", "table": "Root", "where": [], "mutations": [mutation]])
    #expect(
      database.run(["op": "select", "table": "Root", "where": [], "columns": ["number"]])
        == [["rows": [["number": result]]]])
  }

  @Test(
    arguments: [
      (["number", "/=", 0], "domain error"), (["number", "*=", .integer(.max)], "range error"),
      (["number", "+=", 100], "constraint violation"),
      (["name", "insert", "x"], "constraint violation"),
      (["number", "insert", 1], "syntax error"), (["real", "%=", 1], "syntax error"),
      (["numbers", "insert", ["set", [1, 2, 3, 4, 5, 6]]], "syntax error"),
      (["x", "+=", 1], "unknown column"), (["number", "?=", 1], "unknown mutator"),
    ] as [(JSONValue, String)]) func badMutationsAreErrors(mutation: JSONValue, tag: String)
  {
    database.run(insertRoot("a", ["number": 5]))
    let results = database.run(
      ["op": "mutate", "table": "Root", "where": [], "mutations": [mutation]])
    #expect(results.last?.errorTag == tag)
  }

  @Test func anErrorUndoesWhatCameBefore() {
    let results = database.run(insertRoot("a"), ["op": "abort"], ["op": "comment", "comment": ""])
    #expect(results.map(\.errorTag) == [nil, "aborted", nil])
    #expect(results[2].isNull)
    #expect(database.rowCount == 0)
  }

  @Test func aRowThatIsInsertedAndDeletedWasNeverThere() {
    guard
      case .done(_, let commit) = database.transact(
        [insertRoot("a"), ["op": "delete", "table": "Root", "where": []]], OperationContext(),
        write: { (_) throws(DatabaseError) in })
    else { return }
    #expect(commit == nil)
  }

  @Test func aVersionChangesWithItsRow() {
    let select: JSONValue = ["op": "select", "table": "Root", "where": [], "columns": ["_version"]]
    database.run(insertRoot("a"))
    let first = database.run(select)
    database.run(["op": "update", "table": "Root", "where": [], "row": ["number": 0]])
    #expect(database.run(select) == first)
    database.run(["op": "update", "table": "Root", "where": [], "row": ["number": 1]])
    #expect(database.run(select) != first)
  }

  @Test func aWaitComparesRowsAsSets() {
    database.run(insertRoot("a", ["number": 1]), insertRoot("b", ["number": 1]))
    let wait = { (until: String, rows: JSONValue) -> JSONValue in
      [
        "op": "wait", "table": "Root", "timeout": 0, "where": [], "columns": ["number"],
        "until": .string(until), "rows": rows,
      ]
    }
    #expect(database.run(wait("==", [["number": 1]])) == [[:]])
    #expect(database.run(wait("!=", [["number": 2]])) == [[:]])
    #expect(database.run(wait("==", [])).last?.errorTag == "timed out")
  }

  @Test(
    arguments: [
      ["op": "insert", "table": "Root", "row": ["name": 1]],
      ["op": "insert", "table": "Root", "row": [:], "extra": 1], ["op": "select", "table": "Root"],
      ["op": "select", "table": "Nope", "where": []], ["op": "insert", "table": "Root"], [:], 5,
      ["op": "fly"],
    ] as [JSONValue]) func badOperationsAreSyntaxErrors(operation: JSONValue)
  {
    #expect(database.run(operation).first?.errorTag == "syntax error")
  }
}

@Suite struct DatumTests {
  let set = ColumnType(key: BaseType(.integer), least: 0, most: .max)
  let map = ColumnType(key: BaseType(.integer), value: BaseType(.integer), least: 0, most: .max)

  func numbers(_ values: [Int64]) -> Datum { Datum(set: values.map { .integer($0) }) }

  @Test func aDifferenceLeadsFromOneToTheOther() {
    var generator = UUIDGenerator(seed: (3, 4))
    for _ in 0..<300 {
      let random = (0..<4).map { _ in generator.next() }
      let sets = random[..<2].map { uuid in
        numbers((0..<16).filter { uuid.low >> UInt64($0) & 1 == 1 }.map { Int64($0) })
      }
      #expect(sets[0].applying(sets[0].difference(to: sets[1], set), set) == sets[1])
      let maps = random.map { uuid in
        Datum(
          map: (0..<16).filter { uuid.low >> UInt64($0) & 1 == 1 }.map {
            (.integer(Int64($0)), .integer(Int64(uuid.high >> UInt64($0) & 1)))
          })
      }
      #expect(maps[0].applying(maps[0].difference(to: maps[1], map), map) == maps[1])
      var union = sets[0]
      union.formUnion(sets[1])
      #expect(Set(union.keys) == Set(sets[0].keys).union(sets[1].keys))
      #expect(union.keys == union.keys.sorted())
      var rest = sets[0]
      rest.subtract(sets[1])
      #expect(Set(rest.keys) == Set(sets[0].keys).subtracting(sets[1].keys))
    }
  }
}
