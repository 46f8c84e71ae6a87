internal import MartletDevice
public import MartletHost
internal import MartletReadiness
public import MartletTargets

/// A database with its file, its clients and its sockets: a ``DatabaseServer`` on an event loop.
///
/// It waits for the disk on its loop's thread. Give it a loop of its own, and not one that moves
/// packets.
///
/// ```swift
/// let service = try DatabaseService(path: "conf.db", schema: .openVSwitch, on: loop)
/// try await service.listen(at: .passiveUnix("db.sock"))
/// try await service.run()
/// ```
public actor DatabaseService {
  private nonisolated let loop: EventLoop
  private let server: DatabaseServer
  private let file: JournalFile
  private let log: @Sendable (String) -> Void
  private var listeners: [Target: KernelListener] = [:]
  private var clients: [SessionID: SessionSocket] = [:]
  private var tasks: [Task<Void, Never>] = []
  private var isTurnDue = false
  private var timer: (deadline: Instant, task: Task<Void, Never>)?
  private var failure: StorageError?
  private var ending: CheckedContinuation<Void, Never>?
  private var changeWatchers: [AsyncStream<Void>.Continuation] = []

  /// The loop that runs it.
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe loop.asUnownedSerialExecutor()
  }

  /// Opens a database file, or makes it.
  ///
  /// - Parameters:
  ///   - path: Where the file is.
  ///   - schema: What it holds.
  ///   - limits: What clients may hold.
  ///   - loop: The thread that runs it.
  ///   - log: Told what whoever runs it should know, a sentence at a time.
  /// - Throws: When the file cannot be used; then it is as it was.
  public init(
    path: String, schema: DatabaseSchema, limits: ServerLimits = ServerLimits(),
    on loop: EventLoop, log: @escaping @Sendable (String) -> Void = { _ in }
  ) throws(StorageError) {
    let (file, database) = try JournalFile.open(path, schema: schema)
    self.loop = loop
    self.file = file
    self.log = log
    server = DatabaseServer(
      database, storage: file, limits: limits, date: { FileDescriptor.milliseconds })
    if file.tornByteCount > 0 {
      log(
        "\(path): \(file.tornByteCount) bytes at the end were a record that was never completed, and "
          + "never acknowledged; they were cut off")
    }
  }

  // MARK: Sockets

  /// Listens at a passive target, once; returns where, the port chosen if 0 was asked for.
  @discardableResult
  public func listen(at target: Target) async throws(TargetError) -> Endpoint {
    if let known = listeners[target] { return known.localEndpoint }
    let listener = try await target.listen(on: loop)
    if let warning = target.warning { log(warning.description) }
    listeners[target] = listener
    let isProbed = if case .passiveUnix = target { false } else { true }
    start {
      while let connection = await listener.acceptPatiently(on: self.loop) {
        await self.accept(connection, isProbed: isProbed, name: target.description)
      }
    }
    return listener.localEndpoint
  }

  /// Listens at a target no more. Connections that were made stay.
  public func stopListening(at target: Target) async {
    guard let listener = listeners.removeValue(forKey: target) else { return }
    await listener.close()
    if case .passiveUnix(let path) = target { FileDescriptor.remove(path) }
  }

  /// Connects to an active target and serves whoever is there, until the connection ends.
  public func serve(_ target: Target) async throws(TargetError) {
    let connection = try await target.connect(on: loop)
    let isProbed = if case .unix = target { false } else { true }
    await serve(connection, isProbed: isProbed, name: target.description)
  }

  private func start(_ body: @escaping @Sendable () async -> Void) {
    tasks.append(Task(executorPreference: loop) { await body() })
  }

  private func accept(_ connection: KernelConnection, isProbed: Bool, name: String) {
    Task(executorPreference: loop) {
      await self.serve(connection, isProbed: isProbed, name: name)
    }
  }

  // MARK: Connections

  private func serve(_ connection: KernelConnection, isProbed: Bool, name: String) async {
    let id: SessionID
    do throws(SessionEnd) {
      id = try server.open(isProbed: isProbed, now: MonotonicClock.now)
    } catch {
      log("\(name): a client was turned away: \(error)")
      await connection.abort()
      return
    }
    let client = SessionSocket(connection)
    clients[id] = client
    scheduleTurn()
    await client.run(id, of: self)
    clients[id] = nil
    if let end = server.end(of: id), end != .closed { log("\(name): a client was dropped: \(end)") }
    server.close(id)
    scheduleTurn()
  }

  // MARK: Turns

  /// Has the disk waited for once, after whatever else has come by now.
  private func scheduleTurn() {
    guard !isTurnDue else { return }
    isTurnDue = true
    Task(executorPreference: loop) { await self.turn() }
  }

  private func turn() async {
    isTurnDue = false
    guard failure == nil else { return }
    do throws(StorageError) {
      try server.settle()
    } catch {
      fail(error)
      return
    }
    for id in server.activeSessions {
      guard let client = clients[id] else { continue }
      client.hasOutput()
      switch server.end(of: id) {
      // Its writer waits for a peer that does not read.
      case .slowReader, .silent: Task(executorPreference: loop) { await client.abort() }
      default: break
      }
    }
    armTimer()
  }

  private func fail(_ error: StorageError) {
    failure = error
    log("the database stops: \(error)")
    for client in clients.values { Task { await client.abort() } }
    ending?.resume()
    ending = nil
  }

  private func armTimer() {
    guard let deadline = server.nextDeadline else { return }
    if let timer, timer.deadline <= deadline { return }
    timer?.task.cancel()
    let task = Task(executorPreference: loop) {
      await self.loop.sleep(for: max(.zero, deadline - MonotonicClock.now))
      guard !Task.isCancelled else { return }
      await self.timerFired()
    }
    timer = (deadline, task)
  }

  private func timerFired() {
    timer = nil
    server.poll(now: MonotonicClock.now)
    scheduleTurn()
  }

  /// Serves until the task is cancelled; then every socket is closed.
  ///
  /// - Throws: When the disk has failed.
  public func run() async throws(StorageError) {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        if Task.isCancelled || failure != nil {
          continuation.resume()
        } else {
          ending = continuation
        }
      }
    } onCancel: {
      Task { await self.end() }
    }
    for target in Array(listeners.keys) { await stopListening(at: target) }
    for task in tasks { task.cancel() }
    timer?.task.cancel()
    for client in clients.values { await client.abort() }
    for watcher in changeWatchers { watcher.finish() }
    if let failure { throw failure }
  }

  private func end() {
    ending?.resume()
    ending = nil
  }

  // MARK: The program's own use

  /// Runs a transaction of the program itself, and returns when it is safe.
  ///
  /// - Returns: The results, one an operation, and one more when it failed as a whole.
  /// - Throws: When the disk has failed.
  public func transact(_ operations: [JSONValue]) throws(StorageError) -> [JSONValue] {
    if let failure { throw failure }
    let results = server.transact(operations, now: MonotonicClock.now)
    do throws(StorageError) {
      try server.settle()
    } catch {
      fail(error)
      throw error
    }
    scheduleTurn()
    return results
  }

  /// Shows the rows there are.
  public func read<Result: Sendable>(_ body: @Sendable (Database) -> Result) -> Result {
    body(server.database)
  }

  /// Tells that rows have changed, once for any number of changes that nobody looked at yet.
  public func changes() -> AsyncStream<Void> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: Void.self, bufferingPolicy: .bufferingNewest(1))
    changeWatchers.append(continuation)
    let watchers = changeWatchers
    server.observe { _ in for watcher in watchers { watcher.yield() } }
    return stream
  }

  /// The bytes of the database file.
  public var fileByteCount: Int { file.byteCount }
}

extension DatabaseService: SessionOwner {
  package func isOpen(_ session: SessionID) -> Bool { server.end(of: session) == nil }

  package func wantsInput(_ session: SessionID) -> Bool { server.wantsInput(session) }

  package func receive(_ bytes: [UInt8], from session: SessionID) {
    server.receive(bytes, from: session, now: MonotonicClock.now)
    scheduleTurn()
  }

  package func takeOutput(of session: SessionID) -> [UInt8] {
    server.takeOutput(of: session, now: MonotonicClock.now)
  }

  /// Taking may have let more requests be answered, whose transactions must be safe first.
  package func outputWasTaken(of session: SessionID, isDrained: Bool) { scheduleTurn() }
}
