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
    if await database.read({ $0.rows(of: "Open_vSwitch").isEmpty }) { try await adopt() }
    _ = try await database.transact([
      [
        "op": "update", "table": "Open_vSwitch", "where": [],
        "row": [
          "db_version": "8.3.1",
          "iface_types": ["set", .array(PortKind.names.map { .string($0) })],
        ],
      ]
    ])
    try await make()
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
      group.addTask { for await _ in changes { try await self.make() } }
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

  /// Writes what the switch is into the database, after a command has changed it.
  public func adopt() async throws {
    let configuration = await service.configuration
    let problems = mapping?.problems ?? [:]
    let operations = await database.read { database in
      configuration.operations(for: database, leaving: problems)
    }
    let results = try await database.transact(operations)
    if let error = results.last?.object?["error"] {
      throw SwitchError.invalid("the database refuses it: \(error.text)")
    }
  }

  /// Makes the switch what the database says, and says so in it.
  private func make() async throws {
    let known = await service.configuration
    let new = await database.read { SwitchMapping($0, keeping: known) }
    mapping = new
    try await service.change { configuration throws(SwitchError) in
      configuration = new.configuration
    }
    try await report()
  }

  private func report() async throws {
    guard let mapping else { return }
    _ = try await database.transact(service.report().operations(for: mapping))
  }
}
