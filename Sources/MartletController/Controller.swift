internal import MartletDevice
public import MartletHost
public import MartletOpenFlow
internal import MartletReadiness
public import MartletTargets

/// An OpenFlow controller: sockets at which switches come in, and an application for each that does.
///
/// ```swift
/// let controller = Controller { LearningSwitch() }
/// try await controller.listen(at: .passiveTCP(endpoint))
/// await controller.run()
/// ```
public actor Controller<Application: ControllerApplication> {
  private nonisolated let loop: EventLoop
  private let make: @Sendable () -> Application
  private let offered: [OpenFlowVersion]
  private let limit: Int
  private let log: @Sendable (String) -> Void
  private var sessions: [UInt64: ControllerSession<Application>] = [:]
  private var sockets: [UInt64: SessionSocket] = [:]
  private var listeners: [KernelListener] = []
  private var number: UInt64 = 0

  /// The loop that runs it.
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe loop.asUnownedSerialExecutor()
  }

  /// Makes one that listens nowhere yet.
  ///
  /// - Parameters:
  ///   - versions: What it speaks; with each switch the highest that both do.
  ///   - limit: How many switches there may be.
  ///   - loop: The thread that runs it; by default one of its own.
  ///   - log: Told what whoever runs it should know, a sentence at a time.
  ///   - make: Makes the application of a switch that connects.
  /// - Throws: A `HostError` when no thread can be had.
  public init(
    versions: [OpenFlowVersion] = [.v10, .v13], limit: Int = 1024, on loop: EventLoop? = nil,
    log: @escaping @Sendable (String) -> Void = { print($0) },
    _ make: @escaping @Sendable () -> Application
  ) throws(HostError) {
    if let loop { self.loop = loop } else { self.loop = try EventLoop(name: "controller") }
    offered = versions
    self.limit = limit
    self.log = log
    self.make = make
  }

  /// Listens in the words of Open vSwitch: `ptcp:6653:127.0.0.1`; returns where.
  @discardableResult
  public func listen(at text: String) async throws(TargetError) -> Endpoint {
    try await listen(at: Target(text, defaultPort: Target.openFlowPort))
  }

  /// Listens at a passive target; returns where, the port chosen if 0 was asked for.
  @discardableResult
  public func listen(at target: Target) async throws(TargetError) -> Endpoint {
    let listener = try await target.listen(on: loop)
    if let warning = target.warning { log(warning.description) }
    listeners.append(listener)
    Task(executorPreference: loop) {
      while let connection = await listener.acceptPatiently(on: self.loop) {
        Task(executorPreference: self.loop) { await self.serve(connection) }
      }
    }
    return listener.localEndpoint
  }

  /// Serves until the task is cancelled; then every socket is closed.
  public func run() async {
    while !Task.isCancelled {
      await loop.sleep(for: .seconds(1))
      let now = MonotonicClock.now
      for id in Array(sessions.keys) {
        sessions[id]?.poll(now: now)
        settle(id)
      }
    }
    for listener in listeners { await listener.close() }
    for socket in sockets.values { await socket.abort() }
  }

  private func serve(_ connection: KernelConnection) async {
    guard sessions.count < limit else {
      log("a switch was turned away: there are \(limit) already")
      return await connection.abort()
    }
    number += 1
    let id = number
    let socket = SessionSocket(connection)
    sessions[id] = ControllerSession(make(), offered: offered, now: MonotonicClock.now)
    sockets[id] = socket
    socket.hasOutput()
    await socket.run(id, of: self)
    let end = sessions[id]?.end
    sessions[id] = nil
    sockets[id] = nil
    log("a switch has gone" + (end.map { ": \($0)" } ?? ""))
  }

  /// Lets the log and the socket know what has come of something.
  private func settle(_ id: UInt64) {
    guard let session = sessions[id], let socket = sockets[id] else { return }
    for line in sessions[id]?.takeNews() ?? [] { log(line) }
    if !session.output.isEmpty { socket.hasOutput() }
    // Its writer may wait for a peer that does not read.
    if session.end != nil { Task(executorPreference: loop) { await socket.abort() } }
  }
}

extension Controller: SessionOwner {
  package func isOpen(_ session: UInt64) -> Bool {
    sessions[session].map { $0.end == nil } ?? false
  }

  package func wantsInput(_ session: UInt64) -> Bool { sessions[session]?.wantsInput ?? false }

  package func receive(_ bytes: [UInt8], from session: UInt64) {
    sessions[session]?.receive(bytes, now: MonotonicClock.now)
    settle(session)
  }

  package func takeOutput(of session: UInt64) -> [UInt8] {
    sessions[session]?.takeOutput() ?? []
  }

  package func outputWasTaken(of session: UInt64, isDrained: Bool) {}
}
