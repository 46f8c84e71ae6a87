internal import MartletDevice
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
  private let store: StateStore<HostFolder>
  /// Held for as long as the service lives.
  private let lock: Descriptor
  private var isRunning = false
  private var attaching: AttachListener?
  /// OpenFlow of all bridges.
  private var doors: OpenFlowDoors?

  /// The loop that runs it.
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe loop.asUnownedSerialExecutor()
  }

  /// Takes a folder, which is made if need be, and reads what it holds.
  ///
  /// Throws `StateError` when another switch runs there or it cannot be used, `SettingsError` when
  /// its configuration cannot be read.
  public init(directory: String, loop: EventLoop) throws {
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
    openDoors()
  }

  /// Closes the ports.
  public func stop() {
    guard isRunning else { return }
    isRunning = false
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
    }
    return result
  }

  // MARK: OpenFlow

  private func openDoors() {
    let doors = OpenFlowDoors(engine, directory: directory, loop: loop)
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
    return doors != nil
  }

  /// What stacks of this process are plugged into at a port of type `memory`; `nil` when there is
  /// none of that name.
  public func cable(of port: String) -> SharedSegment? { engine.cable(of: port) }

  /// What all ports do now.
  public func report() -> SwitchReport { SwitchReport(engine) }
}
