public import MartletDevice
internal import MartletFlow
public import MartletHost
internal import MartletHouse
internal import MartletReadiness

/// A switch with its state in a folder: what `martlet switch run` runs.
///
/// ```swift
/// let loop = try EventLoop(name: "switch")
/// let service = try SwitchService(directory: "/var/lib/martlet/switch", loop: loop)
/// await service.start()
/// try await service.change { $0.bridges.append(bridge) }
/// ```
///
/// One thread, the loop's, owns the forwarding of all bridges. A change is on the disk before it is
/// made, and before it is answered.
public actor SwitchService {
  /// The loop that runs it.
  public nonisolated let loop: EventLoop
  /// The folder of its state.
  public nonisolated let directory: String
  /// What the switch is to be.
  public private(set) var configuration: SwitchConfiguration
  let engine: SwitchEngine
  private nonisolated let store: StateStore<HostFolder>
  /// Held for as long as the service lives.
  private let lock: Descriptor
  private var isRunning = false
  private var attaching: AttachListener?
  /// OpenFlow of all bridges.
  private var doors: OpenFlowDoors?
  /// The gateways of all bridges.
  let gateways: GatewayKeeper
  /// Keeps flows that nobody waits for.
  private var saving: Task<Void, Never>?
  /// The changes of all bridges' flows when they were last kept.
  private var keptChanges: [String: UInt64] = [:]
  private var keptText = ""
  /// Why flows were not restored, or are not kept; `nil` when all is well.
  private var flowProblem: String? {
    didSet { if let flowProblem, flowProblem != oldValue { log(flowProblem) } }
  }
  private let log: @Sendable (String) -> Void

  /// The loop that runs it.
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe loop.asUnownedSerialExecutor()
  }

  /// Takes a folder, which is made if need be, and reads what it holds. `log` is told what whoever
  /// runs the switch should know, a sentence at a time.
  ///
  /// Throws `StateError` when another switch runs there or it cannot be used, `SettingsError` when
  /// its configuration cannot be read.
  public init(
    directory: String, loop: EventLoop, log: @escaping @Sendable (String) -> Void = { _ in }
  ) throws {
    self.log = log
    let folder = try HostFolder(path: directory)
    lock = try folder.lock()
    store = try StateStore(folder)
    let file = StateStore<HostFolder>.File.configuration
    configuration = SwitchConfiguration()
    if let text = try store.load(file) {
      configuration = try ConfigurationFile.parse(text, file: folder.path(of: file.rawValue))
    }
    self.directory = directory
    self.loop = loop
    engine = SwitchEngine(loop: loop)
    gateways = GatewayKeeper(on: loop, log: log)
  }

  /// Opens the ports, and moves frames from now on.
  ///
  /// Throws a `HostError` when the socket for descriptors cannot be made.
  public func start() throws(HostError) {
    guard !isRunning else { return }
    attaching = try AttachListener(at: directory + "/attach.sock", on: loop) {
      [engine] (descriptor, mtu, port) throws(SwitchError) in
      try engine.attach(descriptor, maximumTransmissionUnit: mtu, to: port)
    }
    isRunning = true
    loop.attach(engine)
    engine.reconcile(configuration)
    restoreFlows()
    saving = Task { [weak self] in
      while let self, !Task.isCancelled {
        await loop.sleep(for: .seconds(1))
        await keepFlows()
      }
    }
    openDoors()
  }

  /// Closes the ports.
  public func stop() async {
    guard isRunning else { return }
    // Leases and connections are given back while there is a way to.
    await gateways.stop()
    isRunning = false
    saving?.cancel()
    saving = nil
    // What was said to each client is on the disk already; this is what controllers said last.
    try? saveFlows()
    attaching?.close()
    attaching = nil
    doors?.close()
    doors = nil
    engine.reconcile(SwitchConfiguration())
    loop.detach(engine)
  }

  /// Changes the configuration: on the disk, then in the engine. When it throws, nothing has
  /// changed.
  ///
  /// Throws what `body` throws, and `SwitchError.state` when the disk does not take it.
  public func change<Result: Sendable>(
    _ body: @Sendable (inout SwitchConfiguration) throws(SwitchError) -> Result
  ) throws(SwitchError) -> Result {
    var new = configuration
    let result = try body(&new)
    guard new != configuration else { return result }
    do throws(StateError) {
      try store.save(ConfigurationFile.text(of: new), as: .configuration)
    } catch {
      throw .state(error)
    }
    configuration = new
    if isRunning {
      engine.reconcile(new)
      doors?.reconcile()
      runGateways()
    }
    return result
  }

  // MARK: OpenFlow

  private func openDoors() {
    let doors = OpenFlowDoors(engine, directory: directory, loop: loop, log: log)
    self.doors = doors
    engine.observer = doors
    doors.reconcile()
    Task(executorPreference: loop) { [weak self, loop] in
      // Ports go down and come up by themselves; controllers hear of it within a second.
      while await self?.refreshDoors() == true { await loop.sleep(for: .seconds(1)) }
    }
  }

  private func refreshDoors() -> Bool {
    doors?.reconcile()
    runGateways()
    return doors != nil
  }

  private func runGateways() {
    guard isRunning else { return }
    let places = engine.gatewayPlaces
    gateways.assumeIsolated { $0.reconcile(places) }
  }

  // MARK: Flows on the disk

  /// The flows of all bridges as they are kept; `nil` when nothing has changed since.
  private func changedFlows() -> String? {
    var changes: [String: UInt64] = [:]
    for bridge in engine.bridges { changes[bridge.name] = bridge.datapath.flowChangeCount }
    guard changes != keptChanges else { return nil }
    keptChanges = changes
    let (now, date) = (MonotonicClock.now, Calendar.seconds)
    let text = engine.bridges.map { bridge in
      FlowFile.text(
        of: bridge, setAside: doors?.flowsSetAside(of: bridge), now: now, date: date)
    }.joined()
    guard text != keptText else { return nil }
    return text
  }

  /// Brings the flows to the disk before it returns, if they have changed.
  func saveFlows() throws(SwitchError) {
    guard let text = changedFlows() else { return }
    do throws(StateError) {
      try store.save(text, as: .flows)
      keptText = text
      flowProblem = nil
    } catch {
      keptChanges = [:]
      flowProblem = "\(error)"
      throw .flowsNotKept(error)
    }
  }

  /// Keeps what controllers have changed; what fails is tried again.
  private func keepFlows() {
    guard isRunning else { return }
    try? saveFlows()
  }

  /// Gives the bridges the flows that were kept.
  private func restoreFlows() {
    do throws(StateError) {
      guard let text = try store.load(.flows) else { return }
      let now = MonotonicClock.now
      let kept = FlowFile.parse(text, date: Calendar.seconds)
      var problems = kept.problems
      for (name, flows) in kept.bridges {
        guard let bridge = engine.bridges.first(where: { $0.name == name }) else { continue }
        bridge.datapath.delete(FlowFilter(), now: now)
        for entry in flows {
          do throws(FlowError) {
            let since = Instant(microseconds: now.microseconds - entry.age * 1_000_000)
            try bridge.datapath.add(entry.flow, now: since)
          } catch {
            problems.append("\(name): \(error.explanation)")
          }
        }
      }
      if let first = problems.first {
        flowProblem = "\(problems.count) flows were not restored; the first: \(first)"
      }
    } catch {
      flowProblem = "\(error)"
    }
  }

  /// What stacks of this process are plugged into at a port of type `memory`; `nil` when there is
  /// none of that name.
  public func cable(of port: String) -> SharedSegment? { engine.cable(of: port) }

  /// Shows what crosses a port to `sink`, on the loop's thread, also when the port goes and comes back.
  ///
  /// Throws `SwitchError.unknown` where there is no port of that name, or bridge for its own.
  public func capture(
    _ port: String, into sink: any CaptureSink & Sendable
  ) throws(SwitchError) {
    try engine.capture(port, into: sink)
  }

  /// Ends that.
  public func endCapture(_ port: String) { try? engine.capture(port, into: nil) }

  /// What all ports do now.
  public func report() async -> SwitchReport {
    var statuses: [String: GatewayStatus] = [:]
    for place in engine.gatewayPlaces {
      statuses[place.name] = await gateways.status(of: place.name)
    }
    return SwitchReport(engine, doors, gateways: statuses, flowProblem: flowProblem)
  }
}
