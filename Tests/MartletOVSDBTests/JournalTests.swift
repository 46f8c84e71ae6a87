import MartletDevice
@testable import MartletOVSDB
import Testing

@Suite struct JournalTests {
  @Test func theDigestIsSHA1() {
    #expect(SHA1.hexadecimal(Array("abc".utf8)) == "a9993e364706816aba3e25717850c26c9cd0d89d")
    #expect(SHA1.hexadecimal([UInt8]()) == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
    let long = Array(repeating: UInt8(ascii: "a"), count: 1_000_000)
    #expect(SHA1.hexadecimal(long) == "34aa973cd4c4daa4f61eeb2bdbad27316534016f")
  }

  /// Some transactions, and what the database held after each.
  func fill(_ storage: MemoryStorage) -> [(end: Int, content: JSONValue)] {
    let database = Database(.example, generator: UUIDGenerator(seed: (5, 6)))
    let server = DatabaseServer(database, storage: storage)
    var states = [(end: storage.bytes.count, content: database.content)]
    let operations: [[JSONValue]] = [
      [
        [
          "op": "insert", "table": "Root",
          "row": ["name": "a", "leaves": ["named-uuid", "x"], "map": ["map", [["k", "v"]]]],
        ], ["op": "insert", "table": "Leaf", "uuid-name": "x", "row": ["name": "é"]],
      ],
      [
        [
          "op": "mutate", "table": "Root", "where": [],
          "mutations": [["map", "insert", ["map", [["l", "w"]]]], ["numbers", "insert", 7]],
        ]
      ],
      [["op": "update", "table": "Root", "where": [], "row": ["status": "not kept"]]],
      [
        [
          "op": "mutate", "table": "Root", "where": [],
          "mutations": [["map", "delete", ["set", ["k"]]], ["real", "+=", .real(1.5)]],
        ]
      ],
      [
        ["op": "insert", "table": "Root", "row": ["name": "b"]],
        ["op": "comment", "comment": "hello"],
      ],
      [["op": "delete", "table": "Root", "where": [["name", "==", "a"]]]],
    ]
    for transaction in operations {
      let results = server.transact(transaction, now: .init(microseconds: 0))
      #expect(results.count == transaction.count)
      try? server.settle()
      states.append((storage.bytes.count, database.content))
    }
    return states
  }

  @Test func aCrashAtAnyByteLosesNothingThatWasAcknowledged() throws {
    let storage = MemoryStorage()
    let states = fill(storage)
    for length in states[0].end...storage.bytes.count {
      let database = Database(.example)
      let read = try JournalFile.load(Array(storage.bytes[..<length]), into: database)
      let last = try #require(states.last { $0.end <= length })
      #expect(read.end == last.end)
      #expect(database.content == last.content, "cut to \(length) bytes")
    }
  }

  @Test func anyByteThatRotsIsNoticed() throws {
    let storage = MemoryStorage()
    let states = fill(storage)
    let start = states[0].end
    for offset in start..<storage.bytes.count {
      var bytes = storage.bytes
      bytes[offset] ^= 1
      let database = Database(.example)
      do throws(StorageError) {
        let read = try JournalFile.load(bytes, into: database)
        // In the last record it cannot be told from a torn one.
        #expect(read.end <= offset)
        #expect(offset >= states[states.count - 2].end)
      } catch {
        guard case .corrupt = error else {
          Issue.record("\(error)")
          return
        }
      }
    }
  }

  @Test func compactionKeepsAllAndShortens() throws {
    let storage = MemoryStorage()
    let states = fill(storage)
    let long = storage.bytes.count
    let database = Database(.example)
    _ = try JournalFile.load(storage.bytes, into: database)
    try storage.replace([database.schema.json, database.snapshot(milliseconds: 1)])
    #expect(storage.bytes.count < long)
    let again = Database(.example)
    _ = try JournalFile.load(storage.bytes, into: again)
    #expect(again.content == states.last?.content)
  }

  @Test func afterAFullDiskNothingIsChanged() throws {
    let storage = MemoryStorage()
    let database = Database(.example)
    let server = DatabaseServer(database, storage: storage)
    storage.failsToAppend = true
    let insert: [JSONValue] = [["op": "insert", "table": "Root", "row": ["name": "a"]]]
    #expect(server.transact(insert, now: .init(microseconds: 0)).last?.errorTag == "I/O error")
    #expect(database.rowCount == 0)
    storage.failsToAppend = false
    #expect(server.transact(insert, now: .init(microseconds: 0)).count == 1)
    #expect(database.rowCount == 1)
  }

  @Test func anotherDatabaseIsRefused() {
    let storage = MemoryStorage(.openVSwitch)
    #expect(throws: StorageError.wrongDatabase(found: "Open_vSwitch", expected: "Example")) {
      try JournalFile.load(storage.bytes, into: Database(.example))
    }
  }
}
