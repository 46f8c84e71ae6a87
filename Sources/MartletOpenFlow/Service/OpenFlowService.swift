internal import MartletDevice
public import MartletFlow
public import MartletHost
internal import MartletReadiness
public import MartletTargets

/// The sockets of a bridge's ``OpenFlowAgent``: its own for tools, those of controllers, both directions.
///
/// ```swift
/// let service = OpenFlowService(configuration, host: bridge, failMode: .standalone, on: loop)
/// try await service.listen(at: .passiveUnix("br0.mgmt"), for: .service)
/// await service.setControllers([.tcp(endpoint)])
/// ```
public actor OpenFlowService {
  private nonisolated let loop: EventLoop
  private var agent: OpenFlowAgent
  private let host: any OpenFlowHost
  private var failMode: FailMode
  private let log: @Sendable (String) -> Void
  private var listeners: [Target: KernelListener] = [:]
  private var clients: [ConnectionID: SessionSocket] = [:]
  private var controllers: [Target: Task<Void, Never>] = [:]
  /// Which target a controller's connection is of.
  private var origins: [ConnectionID: Target] = [:]
  /// Why a controller is not connected.
  private var problems: [Target: String] = [:]
  private var isTurnDue = false
  private var timer: (deadline: Instant, task: Task<Void, Never>)?
  /// The operator's flows while the bridge forwards by itself.
  private var setAside: FlowsSetAside?
  private var aloneSince: Instant?

  /// The loop that runs it.
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe loop.asUnownedSerialExecutor()
  }

  /// Makes one that listens nowhere yet.
  ///
  /// - Parameters:
  ///   - configuration: What the bridge says of itself.
  ///   - host: The bridge.
  ///   - failMode: What it does while no controller answers.
  ///   - loop: The thread that owns the bridge.
  ///   - log: Told what whoever runs it should know, a sentence at a time.
  public init(
    _ configuration: AgentConfiguration, host: any OpenFlowHost, failMode: FailMode,
    on loop: EventLoop, log: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.loop = loop
    self.host = host
    self.failMode = failMode
    self.log = log
    agent = OpenFlowAgent(configuration: configuration, now: MonotonicClock.now)
  }

  // MARK: What the bridge tells

  /// Makes a port known, or what has changed of it.
  public func setPort(_ port: PortDescription) {
    agent.setPort(port, now: MonotonicClock.now)
    scheduleTurn()
  }

  /// Forgets a port.
  public func removePort(_ number: PortNumber) {
    agent.removePort(number, now: MonotonicClock.now)
    scheduleTurn()
  }

  /// Tells controllers of a frame; for who is on the loop already, within `assumeIsolated`.
  public func packetIn(_ packet: PacketIn, _ frame: RawSpan) {
    agent.packetIn(packet, frame, now: MonotonicClock.now)
    scheduleTurn()
  }

  /// Tells controllers of a flow that has gone, where the bridge itself asks its datapath for them.
  public func flowRemoved(_ removed: RemovedFlow) {
    agent.flowRemoved(removed, now: MonotonicClock.now)
    scheduleTurn()
  }

  // MARK: Sockets

  /// Listens at a passive target; returns where, the port chosen if 0 was asked for.
  @discardableResult
  public func listen(
    at target: Target, for kind: ConnectionKind
  ) async throws(TargetError) -> Endpoint {
    if let known = listeners[target] { return known.localEndpoint }
    let listener = try await target.listen(on: loop)
    if let warning = target.warning { log(warning.description) }
    listeners[target] = listener
    Task(executorPreference: loop) {
      while let connection = await listener.acceptPatiently(on: self.loop) {
        Task(executorPreference: self.loop) {
          await self.serve(connection, kind, of: target)
        }
      }
    }
    return listener.localEndpoint
  }

  /// Says who the controllers are: active targets are connected to, again and again; passive ones are
  /// listened at.
  public func setControllers(_ targets: [Target]) async {
    for (target, task) in controllers where !targets.contains(target) {
      task.cancel()
      controllers[target] = nil
      problems[target] = nil
      if let listener = listeners.removeValue(forKey: target) { await listener.close() }
    }
    for target in targets where controllers[target] == nil {
      controllers[target] = Task(executorPreference: loop) { await self.keep(target) }
    }
    if targets.isEmpty {
      comeBack()
      addDefaultFlow()
    } else {
      dropDefaultFlow()
    }
    if !targets.isEmpty, aloneSince == nil { aloneSince = MonotonicClock.now }
    scheduleTurn()
  }

  /// Says what the bridge does while no controller answers.
  public func setFailMode(_ mode: FailMode) {
    guard mode != failMode else { return }
    failMode = mode
    // A bridge that is to do nothing by itself has its operator's flows again.
    if mode == .secure { comeBack() }
    if controllers.isEmpty { addDefaultFlow() }
    aloneSince = controllers.isEmpty ? nil : MonotonicClock.now
    scheduleTurn()
  }

  /// With controllers, what a bridge does by itself ends: its one flow, which forwards all, goes.
  private func dropDefaultFlow() {
    host.withDatapath { datapath in
      guard datapath.flowCount == 1 else { return }
      var filter = FlowFilter()
      filter.table = 0
      filter.strictPriority = 0
      guard let flow = datapath.flow(filter),
        flow.specification.actions == [.output(.normal, maxLength: 0)],
        flow.specification.cookie == 0
      else { return }
      datapath.delete(filter, now: MonotonicClock.now)
    }
  }

  /// Without controllers and flows a bridge forwards by itself, unless it is told not to.
  private func addDefaultFlow() {
    guard failMode == .standalone else { return }
    host.withDatapath { datapath in
      guard datapath.flowCount == 0 else { return }
      // There is room: there is no other.
      try? datapath.add(FlowsSetAside.normal, now: MonotonicClock.now)
    }
  }

  private func keep(_ target: Target) async {
    var wait: Int64 = 1
    while !Task.isCancelled {
      do throws(TargetError) {
        if target.isPassive {
          try await listen(at: target, for: .controller)
          return
        }
        let connection = try await target.connect(on: loop)
        wait = 1
        problems[target] = nil
        await serve(connection, .controller, of: target)
        problems[target] = problems[target] ?? "it ended the connection"
      } catch {
        problems[target] = error.description
        log("\(error); tried again in \(wait) s")
      }
      await loop.sleep(for: .seconds(wait))
      wait = min(8, wait * 2)
    }
  }

  /// Closes every socket.
  public func stop() async {
    for task in controllers.values { task.cancel() }
    controllers.removeAll()
    for listener in listeners.values { await listener.close() }
    listeners.removeAll()
    timer?.task.cancel()
    for client in clients.values { await client.abort() }
  }

  // MARK: Connections

  private func serve(_ connection: KernelConnection, _ kind: ConnectionKind, of target: Target)
    async
  {
    guard let id = agent.open(kind, now: MonotonicClock.now) else {
      log("\(target): a client was turned away: there are too many")
      return await connection.abort()
    }
    let client = SessionSocket(connection)
    clients[id] = client
    if kind == .controller { origins[id] = target }
    scheduleTurn()
    await client.run(id, of: self)
    if let end = agent.end(of: id) {
      log("\(target): a client was dropped: \(end)")
      if kind == .controller { problems[target] = end.description }
    }
    clients[id] = nil
    origins[id] = nil
    agent.close(id)
    scheduleTurn()
  }

  /// How the controllers do, by their targets' names.
  public var controllerStatus: [ControllerStatus] {
    controllers.keys.sorted { $0.description < $1.description }.map { target in
      let ids = origins.filter { $0.value == target }.keys
      let connections = ids.compactMap { agent.agreement(of: $0) }
      return ControllerStatus(
        target: target, connections: connections,
        problem: connections.isEmpty ? problems[target] : nil)
    }
  }

  // MARK: Turns

  private func scheduleTurn(unless isIdle: Bool = false) {
    guard !isTurnDue, !isIdle else { return }
    isTurnDue = true
    Task(executorPreference: loop) { await self.turn() }
  }

  private func turn() {
    isTurnDue = false
    let now = MonotonicClock.now
    if agent.hasController { comeBack() }
    // OpenFlow 1.0 asks its controllers what to do with a frame that no flow is for; 1.3 drops it.
    let miss: DatapathConfiguration.Miss = agent.asksControllers ? .controller : .drop
    host.withDatapath { if $0.miss != miss { $0.miss = miss } }
    let isMore = host.withDatapath { agent.run(&$0, now: now, emit: host.emit) }
    host.flush()
    for id in agent.activeConnections { clients[id]?.hasOutput() }
    for (id, client) in clients where agent.wantsInput(id) { client.hasRoom() }
    for (id, client) in clients where agent.end(of: id) == .slowReader {
      Task(executorPreference: loop) { [client] in await client.abort() }
    }
    watchControllers(now)
    armTimer()
    if isMore { scheduleTurn() }
  }

  // MARK: Without a controller

  /// The silence after which the bridge stands alone: three probes, as with Open vSwitch.
  private var patience: Interval {
    Interval(microseconds: max(5_000_000, agent.configuration.probeInterval.microseconds) * 3)
  }

  private func watchControllers(_ now: Instant) {
    guard !controllers.isEmpty, !agent.hasController else {
      aloneSince = nil
      return
    }
    let since = aloneSince ?? now
    aloneSince = since
    guard failMode == .standalone, setAside == nil, since + patience <= now else { return }
    log("no controller answers: the bridge forwards by itself until one does")
    setAside = host.withDatapath { FlowsSetAside(from: &$0, now: now) }
  }

  /// Brings back what was set aside.
  private func comeBack() {
    aloneSince = nil
    guard let setAside else { return }
    self.setAside = nil
    let now = MonotonicClock.now
    let failed = host.withDatapath { setAside.restore(to: &$0, now: now) }
    log("the bridge has its flows again" + (failed > 0 ? "; \(failed) found no room" : ""))
  }

  /// The flows to be kept while the bridge forwards by itself: those set aside and those added since, of two
  /// alike the later one last; `nil` while the bridge has all of them itself.
  public var flowsSetAside: [Flow]? {
    guard let setAside else { return nil }
    return host.withDatapath { setAside.merged(with: $0) }
  }

  // MARK: Time

  private func armTimer() {
    var deadline = agent.nextDeadline
    if failMode == .standalone, setAside == nil {
      deadline = earliest(deadline, aloneSince.map { $0 + patience })
    }
    guard let deadline else { return }
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
    agent.poll(now: MonotonicClock.now)
    scheduleTurn()
  }
}

extension OpenFlowService: SessionOwner {
  package func isOpen(_ session: ConnectionID) -> Bool { agent.end(of: session) == nil }

  package func wantsInput(_ session: ConnectionID) -> Bool { agent.wantsInput(session) }

  package func receive(_ bytes: [UInt8], from session: ConnectionID) {
    agent.receive(bytes, from: session, now: MonotonicClock.now)
    scheduleTurn()
  }

  package func takeOutput(of session: ConnectionID) -> [UInt8] {
    agent.takeOutput(of: session, now: MonotonicClock.now)
  }

  /// What was held back for want of room goes on.
  package func outputWasTaken(of session: ConnectionID, isDrained: Bool) {
    guard isDrained, isOpen(session) else { return }
    scheduleTurn(unless: agent.activeConnections.isEmpty)
  }
}
