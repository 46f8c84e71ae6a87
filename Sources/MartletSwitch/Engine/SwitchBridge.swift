internal import MartletDevice
internal import MartletFlow
internal import MartletWire

/// A bridge as the engine has it: its ports by number, and its forwarding.
final class SwitchBridge {
  var configuration: BridgeConfiguration
  /// Its forwarding. Nothing may call it while it emits.
  var datapath: Datapath
  /// Its ports by their numbers; `nil` where there is none.
  private var numbered: [SwitchPort?] = []
  /// What tells its probes from those of another bridge that calls itself the same.
  private let nonce = UInt64.random(in: .min ... .max)
  /// Its own port.
  private(set) var local: SwitchPort?

  init(_ configuration: BridgeConfiguration) {
    self.configuration = configuration
    datapath = Datapath(configuration: Self.sizes())
    if configuration.failMode == .standalone { addDefaultFlow(now: .zero) }
    guardLoops()
  }

  /// Looks for loops, or no longer, as the configuration has it.
  func guardLoops() {
    let wanted: LoopGuard.Configuration? =
      configuration.looksForLoops
      ? LoopGuard.Configuration(
        bridge: configuration.datapathID, nonce: nonce, source: configuration.linkAddress) : nil
    if datapath.loopGuard?.configuration != wanted { datapath.guardLoops(wanted) }
  }

  /// The usual sizes, with secrets of its own: nobody outside can aim at one place of its tables.
  private static func sizes() -> DatapathConfiguration {
    var sizes = DatapathConfiguration()
    sizes.seed = .random(in: .min ... .max)
    sizes.tracking.secret = (.random(in: .min ... .max), .random(in: .min ... .max))
    return sizes
  }

  var name: String { configuration.name }

  /// The numbered ports.
  var ports: [SwitchPort] { numbered.compactMap { $0 } }

  /// All ports, its own last.
  var allPorts: [SwitchPort] { ports + (local.map { [$0] } ?? []) }

  /// The port of a number.
  func port(_ number: PortNumber) -> SwitchPort? {
    if number.rawValue < numbered.count { return numbered[Int(number.rawValue)] }
    return number == .local ? local : nil
  }

  /// What a bridge does without being told: it learns and forwards (`priority=0 actions=NORMAL`).
  func addDefaultFlow(now: Instant) {
    var flow = FlowSpecification()
    flow.priority = 0
    flow.actions = [.output(.normal, maxLength: 0)]
    // Refused by full tables alone, and then there are flows.
    try? datapath.add(flow, now: now)
  }

  // MARK: Ports

  /// Adds a port, which nothing carries yet.
  func insert(_ port: SwitchPort) {
    if port.number == .local {
      local = port
    } else {
      let index = Int(port.number.rawValue)
      while numbered.count <= index { numbered.append(nil) }
      numbered[index] = port
    }
    var forwarding = BridgePort(port.number)
    forwarding.isUp = false
    forwarding.vlan = VLANMode(port.configuration.vlan)
    // Fails only for a number that is taken, and it is not.
    try? datapath.addPort(forwarding)
  }

  /// Takes a port away.
  func remove(_ port: SwitchPort) {
    if port === local {
      local = nil
    } else {
      numbered[Int(port.number.rawValue)] = nil
    }
    datapath.removePort(port.number)
  }

  /// Why a port is blocked: the loop that was found; `nil` where none was.
  func block(of port: SwitchPort) -> String? {
    guard let block = datapath.port(port.number)?.block else { return nil }
    func name(_ number: PortNumber) -> String { self.port(number)?.name ?? "\(number.rawValue)" }
    guard block.sentBy != block.receivedBy else {
      return "loop: what it sends comes back by itself"
    }
    return "loop: what \(name(block.sentBy)) sends comes back by \(name(block.receivedBy))"
  }

  /// Lets forwarding know whether a port works, and which VLANs it carries.
  func update(_ port: SwitchPort) {
    let isUp = port.error == nil
    let vlan = VLANMode(port.configuration.vlan)
    guard let old = datapath.port(port.number), old.isUp != isUp || old.vlan != vlan else {
      return
    }
    datapath.updatePort(port.number) {
      $0.isUp = isUp
      $0.vlan = vlan
    }
    if !isUp { datapath.forgetStations(at: port.number) }
  }
}

extension VLANMode {
  /// What a port's configuration says.
  init(_ configuration: VLANConfiguration) {
    var trunks = VLANSet(all: configuration.trunks.isEmpty)
    for vlan in configuration.trunks { trunks.insert(vlan) }
    let own = configuration.tag ?? 0
    switch configuration.effectiveMode {
    case .access: self = .access(own)
    case .trunk: self = .trunk(trunks)
    case .nativeTagged: self = .native(own, leavesTagged: true, trunks)
    case .nativeUntagged: self = .native(own, leavesTagged: false, trunks)
    }
  }
}
