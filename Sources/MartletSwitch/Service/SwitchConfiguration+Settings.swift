internal import MartletHouse
internal import MartletTargets
internal import MartletWire

// Settings as words, `name=value`, for bridges and ports alike: what the command line says, and what
// OVSDB's columns come down to.

extension SwitchConfiguration {
  /// What may be set of a bridge.
  public static let bridgeSettings = [
    "datapath-id", "mac", "host-port", "address", "fail-mode", "controllers", "loop-guard",
  ]
  /// What may be set of a port; `options:NAME` and NAME alone mean the same option.
  public static let portSettings = ["type", "number", "tag", "trunks", "vlan-mode"]

  /// Adds a port with settings.
  public mutating func addPort(
    named name: String, to bridge: String, settings: [(name: String, value: String)]
  ) throws(SwitchError) {
    var port = PortConfiguration(name: name, number: 0, kind: .system(.init()))
    try Self.apply(settings, to: &port)
    try addPort(
      named: name, to: bridge, kind: port.kind, number: port.number == 0 ? nil : port.number,
      vlan: port.vlan)
  }

  /// Changes settings of a bridge or port. An empty value takes a setting back.
  public mutating func set(
    _ name: String, _ settings: [(name: String, value: String)]
  ) throws(SwitchError) {
    if let index = bridges.firstIndex(where: { $0.name == name }) {
      var bridge = bridges.remove(at: index)
      for setting in settings { try Self.apply(setting, to: &bridge) }
      if let problem = problem(with: bridge) { throw .invalid(problem) }
      bridges.insert(bridge, at: index)
      return
    }
    guard var bridge = bridge(ofPort: name), var port = bridge[port: name] else {
      let known = bridges.flatMap { [$0.name] + $0.ports.map(\.name) }
      throw .unknown(NearestName.unknown("bridge or port", name, known))
    }
    try Self.apply(settings, to: &port)
    let index = bridge.ports.firstIndex { $0.name == name } ?? 0
    bridge.ports.remove(at: index)
    if let problem = bridge.problem(with: port) { throw .invalid(problem) }
    bridge.ports.insert(port, at: index)
    self[bridge: bridge.name] = bridge
  }

  // MARK: Bridges

  private static func apply(
    _ setting: (name: String, value: String), to bridge: inout BridgeConfiguration
  ) throws(SwitchError) {
    let value = setting.value
    switch setting.name {
    case "datapath-id":
      bridge.datapathID = try read(setting, like: "16 hexadecimal digits") {
        $0.count == 16 ? UInt64($0, radix: 16) : nil
      }
    case "mac":
      bridge.linkAddress = try read(setting, like: "02:00:00:00:00:01") {
        MACAddress($0).flatMap { $0.isUnicast ? $0 : nil }
      }
    case "host-port":
      bridge.hasHostPort = try read(setting, like: "true or false") { Bool($0) }
    case "address":
      bridge.address =
        value.isEmpty ? nil : try read(setting, like: "10.20.0.1/24") { IPv4Prefix($0) }
    case "fail-mode":
      bridge.failMode = try read(setting, like: "standalone or secure") {
        BridgeConfiguration.FailMode(rawValue: $0)
      }
    case "controllers":
      let controllers = value.split(separator: ",").map(String.init)
      for text in controllers {
        do throws(TargetError) {
          _ = try BridgeConfiguration.controller(text)
        } catch {
          throw .invalid("controllers: \(error)")
        }
      }
      bridge.controllers = controllers
    case "loop-guard":
      bridge.guardsLoops =
        value.isEmpty ? nil : try read(setting, like: "true or false") { Bool($0) }
    default:
      throw .invalid(
        NearestName.unknown("setting of a bridge", setting.name, bridgeSettings))
    }
  }

  // MARK: Ports

  private static func apply(
    _ settings: [(name: String, value: String)], to port: inout PortConfiguration
  ) throws(SwitchError) {
    var type = port.kind.name
    var options = port.kind.options
    for setting in settings {
      switch setting.name {
      case "type":
        // Options of another type mean nothing to this one.
        if setting.value != type { options = [] }
        type = setting.value
      case "number":
        port.number = try read(setting, like: "1 to \(PortConfiguration.numberLimit)") {
          UInt16($0).flatMap { (1...PortConfiguration.numberLimit).contains($0) ? $0 : nil }
        }
      case "tag":
        port.vlan.tag = setting.value.isEmpty ? nil : try read(setting, like: "1 to 4094", vlanID)
      case "trunks":
        port.vlan.trunks = try read(setting, like: "VLANs as in 10,20") { text in
          let parts = text.split(separator: ",").map { vlanID(String($0)) }
          return parts.contains { $0 == nil } ? nil : parts.compactMap { $0 }
        }
      case "vlan-mode":
        port.vlan.mode =
          setting.value.isEmpty
          ? nil
          : try read(setting, like: "access, trunk, native-tagged or native-untagged") {
            VLANConfiguration.Mode(rawValue: $0)
          }
      default:
        let prefix = "options:"
        let name =
          setting.name.hasPrefix(prefix)
          ? String(setting.name.dropFirst(prefix.count)) : setting.name
        options.removeAll { $0.name == name }
        if !setting.value.isEmpty { options.append((name, setting.value)) }
      }
    }
    do throws(OptionError) {
      port.kind = try PortKind(type: type, options: options)
    } catch {
      throw .invalid("\(error.option): \(error.problem)")
    }
  }

  private static func vlanID(_ text: String) -> UInt16? {
    UInt16(text).flatMap { (1...4094).contains($0) ? $0 : nil }
  }

  private static func read<Value>(
    _ setting: (name: String, value: String), like example: String, _ parse: (String) -> Value?
  ) throws(SwitchError) -> Value {
    guard let value = parse(setting.value) else {
      throw .invalid("\(setting.name): '\(setting.value)' is not right; expected \(example)")
    }
    return value
  }
}
