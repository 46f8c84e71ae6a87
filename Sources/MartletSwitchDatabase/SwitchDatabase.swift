internal import MartletDevice
public import MartletHost
internal import MartletOVSDB
public import MartletSwitch
public import MartletTargets

/// Keeps a switch what its database says, and the database told of how the switch does.
///
/// The database is the switch's one configuration: what `ovs-vsctl` writes is made, and what other
/// commands change is written to it.
public actor SwitchDatabase {
  private let service: SwitchService
  private let database: DatabaseService
  private var mapping: SwitchMapping?
  /// Whether the switch is being made what the database says, or the other way round: one after the other, or
  /// what came between would be undone.
  private var isBusy = false
  private var waiting: [CheckedContinuation<Void, Never>] = []

  /// Opens `conf.db` in the switch's folder, or makes it from what the switch is.
  ///
  /// - Parameters:
  ///   - service: The switch, started already.
  ///   - loop: A thread for the database: not the switch's, for it waits for the disk.
  ///   - log: Told what whoever runs it should know.
  /// - Throws: `StorageError`, `TargetError` or `SwitchError`, whichever part could not be had.
  public init(
    for service: SwitchService, on loop: EventLoop, log: @escaping @Sendable (String) -> Void
  ) async throws {
    self.service = service
    database = try DatabaseService(
      path: service.directory + "/conf.db", schema: .openVSwitch, on: loop, log: log)
    if await database.read({ $0.rows(of: "Open_vSwitch").isEmpty }) {
      let configuration = await service.configuration
      let operations = await database.read { configuration.operations(for: $0, leaving: [:]) }
      _ = try await write(operations)
    }
    _ = try await database.transact([
      [
        "op": "update", "table": "Open_vSwitch", "where": [],
        "row": [
          "db_version": "8.3.1",
          "iface_types": ["set", .array(PortKind.names.map { .string($0) })],
        ],
      ]
    ])
    try await follow()
    _ = try await database.listen(at: .passiveUnix(service.directory + "/db.sock"))
  }

  /// Listens at another target, `ptcp:6640:127.0.0.1` say.
  @discardableResult
  public func listen(at target: Target) async throws(TargetError) -> Endpoint {
    try await database.listen(at: target)
  }

  /// Serves until the task is cancelled.
  public func run() async throws {
    let changes = await database.changes()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.database.run() }
      group.addTask { for await _ in changes { try await self.follow() } }
      group.addTask {
        // Counters and ports that come up later.
        while !Task.isCancelled {
          await self.service.loop.sleep(for: .seconds(2))
          try await self.report()
        }
      }
      try await group.next()
      group.cancelAll()
      try await group.waitForAll()
    }
  }

  /// Changes the switch as a command wants it, and the database with it. What others have written there
  /// comes first.
  ///
  /// Throws what `body` throws, and what the disk or the database refuse.
  public func change(
    _ body: @Sendable (inout SwitchConfiguration) throws(SwitchError) -> Void
  ) async throws {
    try await inTurn {
      // Others may write between our reading and our writing; then what they wrote comes first again.
      while true {
        let known = await service.configuration
        let (mapping, result) = await database.read { Self.plan(body, $0, keeping: known) }
        let plan = try result.get()
        self.mapping = mapping
        try await service.change { configuration throws(SwitchError) in
          configuration = plan.configuration
        }
        if try await write(plan.operations) { return }
      }
    }
  }

  /// What a change makes of what the database says, and what is to be written there for it.
  private static func plan(
    _ body: (inout SwitchConfiguration) throws(SwitchError) -> Void, _ database: Database,
    keeping known: SwitchConfiguration
  ) -> (
    SwitchMapping,
    Result<(configuration: SwitchConfiguration, operations: [JSONValue]), SwitchError>
  ) {
    let mapping = SwitchMapping(database, keeping: known)
    var configuration = mapping.configuration
    do throws(SwitchError) {
      try body(&configuration)
    } catch {
      return (mapping, .failure(error))
    }
    let operations = configuration.operations(for: database, leaving: mapping.problems)
    return (mapping, .success((configuration, operations)))
  }

  /// Writes to the database; false where others were first.
  private func write(_ operations: [JSONValue]) async throws -> Bool {
    let results = try await database.transact(operations)
    guard let error = results.compactMap({ $0.object?["error"]?.string }).first else { return true }
    if error == "timed out" { return false }
    throw SwitchError.invalid("the database refuses it: \(error)")
  }

  private func inTurn(_ body: () async throws -> Void) async rethrows {
    if isBusy {
      await withCheckedContinuation { waiting.append($0) }
    } else {
      isBusy = true
    }
    defer { if waiting.isEmpty { isBusy = false } else { waiting.removeFirst().resume() } }
    try await body()
  }

  /// Makes the switch what the database says, and says so in it.
  private func follow() async throws {
    try await inTurn { try await make() }
    try await report()
  }

  /// Makes the switch what the database says.
  private func make() async throws {
    let known = await service.configuration
    let new = await database.read { SwitchMapping($0, keeping: known) }
    mapping = new
    try await service.change { configuration throws(SwitchError) in
      configuration = new.configuration
    }
  }

  private func report() async throws {
    guard let mapping else { return }
    _ = try await database.transact(service.report().operations(for: mapping))
  }
}
