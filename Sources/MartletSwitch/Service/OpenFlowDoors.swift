internal import MartletDevice
internal import MartletFlow
internal import MartletHost
internal import MartletOpenFlow
internal import MartletTargets
internal import MartletWire

/// The OpenFlow services of all bridges: `BRIDGE.mgmt` in the switch's folder, and the controllers.
///
/// All is called on the loop's thread, on which the services run, too.
final class OpenFlowDoors: SwitchObserver {
  private let engine: SwitchEngine
  private let directory: String
  private let loop: EventLoop
  private let log: @Sendable (String) -> Void
  private var doors: [String: Door] = [:]
  private var finisher = FrameFinisher()

  private struct Door {
    let bridge: SwitchBridge
    let service: OpenFlowService
    var controllers: [String]
    var failMode: BridgeConfiguration.FailMode
    var numbers: [PortNumber]
  }

  init(
    _ engine: SwitchEngine, directory: String, loop: EventLoop,
    log: @escaping @Sendable (String) -> Void
  ) {
    self.engine = engine
    self.directory = directory
    self.loop = loop
    self.log = log
  }

  /// Makes the services what the bridges are, and tells them of their ports.
  func reconcile() {
    for (name, door) in doors
    where !engine.bridges.contains(where: { $0 === door.bridge }) {
      doors[name] = nil
      close(door.service, name)
    }
    for bridge in engine.bridges {
      if doors[bridge.name] == nil { doors[bridge.name] = open(bridge) }
      tellPorts(of: bridge)
      setFailMode(of: bridge)
      let controllers = bridge.configuration.controllers
      if doors[bridge.name]?.controllers != controllers, let service = doors[bridge.name]?.service {
        doors[bridge.name]?.controllers = controllers
        // What is no target was refused when it was said.
        let targets = controllers.compactMap { try? BridgeConfiguration.controller($0) }
        Task(executorPreference: loop) { await service.setControllers(targets) }
      }
    }
  }

  private func setFailMode(of bridge: SwitchBridge) {
    let mode = bridge.configuration.failMode
    guard let door = doors[bridge.name], door.failMode != mode else { return }
    doors[bridge.name]?.failMode = mode
    door.service.assumeIsolated { $0.setFailMode(mode.openFlow) }
  }

  /// Ends all.
  func close() {
    for (name, door) in doors { close(door.service, name) }
    doors = [:]
  }

  private func close(_ service: OpenFlowService, _ name: String) {
    HostCalls.remove(path(name))
    Task(executorPreference: loop) { await service.stop() }
  }

  private func path(_ bridge: String) -> String { "\(directory)/\(bridge).mgmt" }

  private func open(_ bridge: SwitchBridge) -> Door {
    let configuration = AgentConfiguration(
      datapathID: bridge.configuration.datapathID, bridge: bridge.name)
    let (name, mode) = (bridge.name, bridge.configuration.failMode)
    let service = OpenFlowService(
      configuration, host: BridgeHost(bridge, of: engine), failMode: mode.openFlow, on: loop,
      log: { [log] in log("\(name): \($0)") })
    let target = Target.passiveUnix(path(name))
    Task(executorPreference: loop) { [log] in
      do throws(TargetError) {
        try await service.listen(at: target, for: .service)
      } catch {
        log("\(name): ovs-ofctl will not find the bridge: \(error)")
      }
    }
    return Door(bridge: bridge, service: service, controllers: [], failMode: mode, numbers: [])
  }

  private func tellPorts(of bridge: SwitchBridge) {
    guard let door = doors[bridge.name] else { return }
    var ports: [PortDescription] = []
    for port in bridge.allPorts {
      guard let forwarding = bridge.datapath.port(port.number) else { continue }
      let base = bridge.configuration.linkAddress.rawValue
      // The bridge's own address for its own port; the others differ from it by their number.
      let address =
        port.number == .local
        ? base : base & 0xffff_ff00_0000 | 0x80_0000 | UInt64(port.number.rawValue)
      ports.append(
        PortDescription(
          number: port.number, name: port.name, address: address, flags: forwarding.flags,
          isUp: port.error == nil))
    }
    let gone = door.numbers.filter { number in !ports.contains { $0.number == number } }
    doors[bridge.name]?.numbers = ports.map(\.number)
    door.service.assumeIsolated { service in
      for number in gone { service.removePort(number) }
      for port in ports { service.setPort(port) }
    }
  }

  /// The flows of a bridge that are to be kept while it forwards by itself; `nil` while it does not.
  func flowsSetAside(of bridge: SwitchBridge) -> [Flow]? {
    doors[bridge.name]?.service.assumeIsolated { $0.flowsSetAside }
  }

  /// How the controllers of a bridge do.
  func controllers(of bridge: SwitchBridge) -> [ControllerStatus] {
    doors[bridge.name]?.service.assumeIsolated { $0.controllerStatus } ?? []
  }

  // MARK: What the engine tells

  func packetIn(_ packetIn: PacketIn, _ frame: RawSpan, _ info: FrameInfo, of bridge: String) {
    guard let service = doors[bridge]?.service else { return }
    // Controllers get frames as a wire has them.
    guard info.segmentation != .none || info.checksum == .partial else {
      return service.assumeIsolated { $0.packetIn(packetIn, frame) }
    }
    _ = finisher.finish(frame, info) { whole in
      service.assumeIsolated { $0.packetIn(packetIn, whole) }
    }
  }

  func portIsBlocked(_ port: String, because reason: String?, of bridge: String) {
    if let reason {
      log("\(bridge): port \(port) is blocked: \(reason)")
    } else {
      log("\(bridge): port \(port) carries frames again")
    }
  }

  func flowRemoved(_ removed: RemovedFlow, of bridge: String) {
    guard let service = doors[bridge]?.service else { return }
    service.assumeIsolated { $0.flowRemoved(removed) }
  }
}

extension BridgeConfiguration.FailMode {
  /// The same for OpenFlow.
  fileprivate var openFlow: FailMode { self == .standalone ? .standalone : .secure }
}
