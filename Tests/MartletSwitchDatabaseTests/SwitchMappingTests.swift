import MartletDevice
import MartletOVSDB
import MartletSwitch
@testable import MartletSwitchDatabase
import Testing

@Suite struct SwitchMappingTests {
  final class NoFile: DatabaseStorage {
    func append(_ record: JSONValue) throws(StorageError) {}
    func synchronize() throws(StorageError) {}
    let wantsCompaction = false
    func replace(_ records: [JSONValue]) throws(StorageError) {}
  }

  let server = DatabaseServer(Database(.openVSwitch), storage: NoFile())

  func run(_ operations: [JSONValue]) -> Bool {
    server.transact(operations, now: Instant(microseconds: 0)).allSatisfy {
      $0.object?["error"] == nil
    }
  }

  func example() throws -> SwitchConfiguration {
    var configuration = SwitchConfiguration()
    try configuration.addBridge(named: "br0")
    try configuration.addPort(
      named: "gre0", to: "br0", settings: [("type", "gre"), ("remote_ip", "192.0.2.2")])
    try configuration.addPort(
      named: "p1", to: "br0", settings: [("type", "tap"), ("tag", "7"), ("number", "9")])
    return configuration
  }

  @Test func whatIsWrittenIsReadBack() throws {
    let configuration = try example()
    #expect(run(configuration.operations(for: server.database, leaving: [:])))
    let mapping = SwitchMapping(server.database, keeping: configuration)
    #expect(mapping.configuration == configuration)
    #expect(mapping.problems.isEmpty)
    // Once more changes nothing, and fewer ports go.
    let state = server.database.state
    #expect(run(configuration.operations(for: server.database, leaving: [:])))
    #expect(server.database.state == state)
    var fewer = configuration
    try fewer.removePort(named: "gre0")
    #expect(run(fewer.operations(for: server.database, leaving: [:])))
    #expect(server.database.rows(of: "Interface").count == 2)
  }

  @Test func whatCannotBeIsToldAndLeavesTheRest() throws {
    #expect(run(try example().operations(for: server.database, leaving: [:])))
    #expect(
      run([
        [
          "op": "update", "table": "Interface", "where": [["name", "==", "gre0"]],
          "row": ["type": "geneve"],
        ]
      ]))
    let mapping = SwitchMapping(server.database, keeping: SwitchConfiguration())
    #expect(mapping.problems["gre0"]?.contains("geneve") == true)
    #expect(mapping.configuration[bridge: "br0"]?.ports.map(\.name) == ["p1"])
    #expect(mapping.configuration[bridge: "br0"]?[port: "p1"]?.number == 9)
  }

  @Test func newPortsLeaveOldOnesTheirNumbers() throws {
    var known = try example()
    for index in 0..<20 {
      try known.addPort(named: "a\(index)", to: "br0", settings: [("type", "memory")])
    }
    var wanted = known
    for index in 0..<20 {
      try wanted.addPort(named: "b\(index)", to: "br0", settings: [("type", "memory")])
    }
    // The rows have no order: whichever is met first, the known keep theirs.
    #expect(run(wanted.operations(for: server.database, leaving: [:])))
    let mapping = SwitchMapping(server.database, keeping: known)
    #expect(mapping.problems.isEmpty)
    let ports = try #require(mapping.configuration[bridge: "br0"]?.ports)
    #expect(ports.count == 42)
    for port in known.bridges[0].ports {
      #expect(ports.first { $0.name == port.name }?.number == port.number)
    }
  }

  @Test func whatOthersHaveAddedMeanwhileIsNotTakenAway() throws {
    let configuration = try example()
    #expect(run(configuration.operations(for: server.database, leaving: [:])))
    let late = configuration.operations(for: server.database, leaving: [:])
    var other = configuration
    try other.addPort(named: "p2", to: "br0", settings: [("type", "memory")])
    #expect(run(other.operations(for: server.database, leaving: [:])))
    // Made of what was read before: it must be made anew.
    #expect(!run(late))
    #expect(server.database.rows(of: "Interface").count == 4)
  }
}
