internal import MartletDWN
internal import MartletDevice
public import MartletHost
public import MartletHub
public import MartletWire

/// A hub at work: its engine, its store, and its connections, on whichever network.
public actor HubService {
  /// How connections to nodes are made.
  public typealias Connect = @Sendable (DeviceAddress) async throws -> any StreamConnection

  /// What was kept.
  public nonisolated let store: HubStore
  var engine: HubEngine
  var labels: [String: String] = [:]
  let place: Place
  private let connect: Connect
  private let start = ContinuousClock.now
  private var links: [LinkID: Link] = [:]
  private var watchers: [Int: AsyncStream<Void>.Continuation] = [:]
  private var nextWatcher = 0
  var lastSamples: [SampleKey: Int] = [:]
  var rules: [StoredRule]
  var ruleWatch = RuleWatch()
  /// The webhooks that are being told.
  var sendingCount = 0
  /// Who waits to hear how a pairing went.
  var pairings: [String: CheckedContinuation<String?, Never>] = [:]

  private struct Link {
    let task: Task<Void, Never>
    let outbox: AsyncStream<[UInt8]>.Continuation
  }

  /// Takes up what the store has: known devices are connected to, and runs that had not ended go on.
  public init(
    store: HubStore, settings: HubEngine.Settings = HubEngine.Settings(),
    keys: [String: [UInt8]] = [:], place: Place, connect: @escaping Connect
  ) throws {
    self.store = store
    self.place = place
    self.connect = connect
    var generator = SystemRandomNumberGenerator()
    let kept = try store.pairingKeys()
    var engine = HubEngine(
      settings: settings,
      keys: kept.merging(keys) { _, given in given }.compactMapValues { PairingKey($0) },
      entropy: (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    var effects: [DeviceEffect] = []
    var labels: [String: String] = [:]
    for device in try store.devices() {
      labels[device.id] = device.label
      engine.add(
        id: device.id, name: device.name, at: device.address, now: Instant(microseconds: 0),
        &effects)
    }
    try store.closeSamples(now: WallClock.seconds)
    for run in try store.openRuns() {
      let isTaken =
        run.record.map {
          engine.takeUp($0, run: run.id, on: run.device, now: Instant(microseconds: 0))
        } ?? false
      if !isTaken {
        try store.finish(run: run.id, outcome: "the hub ended", now: WallClock.seconds)
      }
    }
    rules = try store.rules()
    self.engine = engine
    self.labels = labels
    first = effects
  }

  private var first: [DeviceEffect]

  /// Monotonic time since the hub began: setting a clock changes no run.
  var now: Instant {
    let (seconds, attoseconds) = (ContinuousClock.now - start).components
    return Instant(microseconds: seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
  }

  /// Does what time asks for until the task is cancelled, then lets go of its connections.
  public func run() async {
    apply(first)
    first = []
    while !Task.isCancelled {
      var effects: [DeviceEffect] = []
      engine.poll(now: now, &effects)
      apply(effects)
      pollSchedules()
      pollRuleTimes()
      sample()
      lookAtRules()
      try? await Task.sleep(for: .milliseconds(200))
    }
    for link in links.values {
      link.outbox.finish()
      link.task.cancel()
    }
  }

  /// Takes a datagram of the group.
  public func heard(_ datagram: [UInt8], from sender: IPv4Address) {
    var effects: [DeviceEffect] = []
    engine.heard(unsafe datagram.span.bytes, from: sender, now: now, &effects)
    apply(effects)
  }

  // MARK: Effects

  func apply(_ effects: [DeviceEffect]) {
    var hasChanged = false
    for effect in effects {
      switch effect {
      case .connect(let id, let address): open(id, address)
      case .send(let id, let bytes): links[id]?.outbox.yield(bytes)
      case .close(let id):
        guard let link = links.removeValue(forKey: id) else { continue }
        link.outbox.finish()
        link.task.cancel()
      case .save(_, let run, let record, _): keep { try store.save(run: run, record) }
      case .finished(let device, let run, let outcome):
        keep { try store.finish(run: run, outcome: Self.text(outcome), now: WallClock.seconds) }
        if outcome != .completed, outcome != .stopped {
          log("Watering ended early: \(Self.text(outcome))", device)
        }
      case .event(let device, let event): note(event, device)
      case .paired(let device, let key): paired(device, key)
      case .notPaired(let device, let reason): answerPairing(device, reason)
      case .changed: hasChanged = true
      }
    }
    guard hasChanged else { return }
    sample()
    lookAtRules()
    tellWatchers()
  }

  /// Whoever looks at the house looks again.
  func tellWatchers() { for watcher in watchers.values { watcher.yield() } }

  /// A store that fails must not keep a valve from being closed.
  func keep(_ body: () throws -> Void) {
    do { try body() } catch { lastStoreError = "\(error)" }
  }

  /// What the store last failed with.
  public private(set) var lastStoreError: String?

  func log(_ text: String, _ device: String) {
    keep { try store.log(text, device: device, now: WallClock.seconds) }
  }

  private func note(_ event: DeviceNews, _ id: String) {
    switch event {
    case .discovered: return
    case .online(let isProved):
      log(isProved ? "Online, and proved to be itself" : "Online, not paired", id)
      guard let device = engine.devices[id] else { return }
      keep {
        try store.save(
          device: StoredDevice(
            id: id, name: device.name, label: "", address: device.address,
            isAdded: device.isAdded))
      }
    case .offline:
      log("Offline", id)
      if engine.devices[id]?.kind == .alarm {
        notify("\(name(of: id)) is silent: it would not report an alarm.", of: id)
      }
    case .fault(let text): log("Fault: \(text)", id)
    case .doesNotClose:
      notify(
        "\(name(of: id)) was told to close and does not report it: look at the valves.", of: id)
    case .said(let text): log("Node: \(text)", id)
    }
  }

  /// What people call a device.
  private func name(of id: String) -> String {
    let label = labels[id] ?? ""
    return label.isEmpty ? id : label
  }

  static func text(_ outcome: RunOutcome) -> String {
    switch outcome {
    case .completed: "completed"
    case .stopped: "stopped"
    case .cutOff(let step): "cut off by the node in step \(step + 1)"
    case .disobeyed(let step): "the node did not open in step \(step + 1)"
    case .nodeLost(let step): "the node was away too long in step \(step + 1)"
    }
  }

  // MARK: Connections

  private func open(_ id: LinkID, _ address: DeviceAddress) {
    let (stream, outbox) = AsyncStream.makeStream(
      of: [UInt8].self, bufferingPolicy: .bufferingOldest(64))
    let task = Task { [connect] in
      do {
        let connection = try await connect(address)
        self.opened(id)
        await withTaskGroup(of: Void.self) { group in
          group.addTask {
            for await bytes in stream {
              guard (try? await connection.write(bytes)) != nil else { break }
            }
          }
          group.addTask { await self.read(connection, id) }
          _ = await group.next()
          group.cancelAll()
        }
        // What was last said, that valves are to close, still goes out.
        await connection.close()
      } catch {
        // The engine tries again; why it failed is not worth a line each time.
      }
      self.ended(id)
    }
    links[id] = Link(task: task, outbox: outbox)
  }

  private func opened(_ id: LinkID) {
    var effects: [DeviceEffect] = []
    engine.connected(id, now: now, &effects)
    apply(effects)
  }

  private nonisolated func read(_ connection: any StreamConnection, _ id: LinkID) async {
    while let bytes = try? await connection.read(upTo: 4096), !bytes.isEmpty {
      await received(bytes, id)
    }
  }

  private func received(_ bytes: [UInt8], _ id: LinkID) {
    var effects: [DeviceEffect] = []
    engine.received(bytes, on: id, now: now, &effects)
    apply(effects)
  }

  private func ended(_ id: LinkID) {
    links[id]?.outbox.finish()
    links[id] = nil
    var effects: [DeviceEffect] = []
    engine.closed(id, now: now, &effects)
    apply(effects)
  }

  // MARK: Watching

  /// How many watch.
  public var watcherCount: Int { watchers.count }

  /// Tells of changes, several at once as one, until the stream is let go of.
  public func changes() -> AsyncStream<Void> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let number = nextWatcher
    nextWatcher += 1
    watchers[number] = continuation
    continuation.onTermination = { _ in Task { await self.forget(number) } }
    return stream
  }

  private func forget(_ number: Int) { watchers[number] = nil }
}
