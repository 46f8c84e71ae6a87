public import MartletHouse
internal import MartletTargets
internal import MartletWire
internal import Yams

/// Reads and writes a switch's configuration as a file: YAML, every key known, every value checked.
public struct ConfigurationFile {
  /// The most bridges, and the most ports of one.
  static let bridgeLimit = 256
  static let portLimit = 4096

  private let reader: SettingsReader

  /// Reads the text of a file called `file`.
  ///
  /// Throws `SettingsError`, which names the line, the key, what was expected and, for a name that
  /// is not known, the nearest that is.
  public static func parse(_ text: String, file: String) throws(SettingsError)
    -> SwitchConfiguration
  {
    let reader = SettingsReader(file: file)
    return try ConfigurationFile(reader: reader).configuration(
      try reader.compose(text, whenEmpty: "a switch has at least 'bridges'"))
  }

  private func configuration(_ root: Node) throws(SettingsError) -> SwitchConfiguration {
    let map = try reader.mapping(root, "", known: ["bridges"])
    var configuration = SwitchConfiguration()
    let list = try reader.required(map, "bridges", root, "")
    let entries = try reader.sequence(list, "bridges")
    guard entries.count <= Self.bridgeLimit else {
      throw reader.error(
        list, "bridges", "\(entries.count) are more than the \(Self.bridgeLimit) there may be")
    }
    for (index, entry) in entries.enumerated() {
      let key = "bridges[\(index)]"
      let bridge = try self.bridge(entry, key)
      if let problem = configuration.problem(with: bridge) {
        throw reader.error(entry, key, problem)
      }
      configuration.bridges.append(bridge)
    }
    return configuration
  }

  private func bridge(_ node: Node, _ key: String) throws(SettingsError) -> BridgeConfiguration {
    let map = try reader.mapping(
      node, key,
      known: [
        "name", "datapath-id", "mac", "host-port", "address", "fail-mode", "controllers",
        "loop-guard",
        "ports",
      ])
    let name = try value(
      try reader.required(map, "name", node, key), "\(key).name", like: PortName.rule
    ) { PortName.isFit($0) ? $0 : nil }
    let identifier = try value(
      try reader.required(map, "datapath-id", node, key), "\(key).datapath-id",
      like: "16 hexadecimal digits in quotes"
    ) { $0.count == 16 ? UInt64($0, radix: 16) : nil }
    let address = try value(
      try reader.required(map, "mac", node, key), "\(key).mac", like: "02:00:00:00:00:01"
    ) { MACAddress($0).flatMap { $0.isUnicast ? $0 : nil } }
    var bridge = BridgeConfiguration(name: name, datapathID: identifier, linkAddress: address)
    if let node = map["host-port"] {
      bridge.hasHostPort = try value(node, "\(key).host-port", like: "true or false") { Bool($0) }
    }
    if let node = map["address"] {
      bridge.address = try value(node, "\(key).address", like: "10.20.0.1/24") { IPv4Prefix($0) }
    }
    if let node = map["fail-mode"] {
      bridge.failMode = try choice(node, "\(key).fail-mode")
    }
    if let node = map["controllers"] {
      for (index, entry) in try reader.sequence(node, "\(key).controllers").enumerated() {
        let place = "\(key).controllers[\(index)]"
        let text = try reader.string(entry, place)
        do throws(TargetError) {
          _ = try BridgeConfiguration.controller(text)
        } catch {
          throw reader.error(entry, place, error.description)
        }
        bridge.controllers.append(text)
      }
    }
    if let node = map["loop-guard"] {
      bridge.guardsLoops = try value(node, "\(key).loop-guard", like: "true or false") { Bool($0) }
    }
    guard let list = map["ports"] else { return bridge }
    let entries = try reader.sequence(list, "\(key).ports")
    guard entries.count <= Self.portLimit else {
      throw reader.error(
        list, "\(key).ports", "\(entries.count) are more than the \(Self.portLimit) there may be")
    }
    for (index, entry) in entries.enumerated() {
      let place = "\(key).ports[\(index)]"
      let port = try self.port(entry, place)
      if let problem = bridge.problem(with: port) { throw reader.error(entry, place, problem) }
      bridge.ports.append(port)
    }
    return bridge
  }

  private func port(_ node: Node, _ key: String) throws(SettingsError) -> PortConfiguration {
    let map = try reader.mapping(
      node, key, known: ["name", "number", "type", "options", "vlan-mode", "tag", "trunks"])
    let name = try value(
      try reader.required(map, "name", node, key), "\(key).name", like: PortName.rule
    ) { PortName.isFit($0) ? $0 : nil }
    let number = try value(
      try reader.required(map, "number", node, key), "\(key).number",
      like: "1 to \(PortConfiguration.numberLimit)"
    ) { UInt16($0).flatMap { (1...PortConfiguration.numberLimit).contains($0) ? $0 : nil } }
    let type = try reader.string(try reader.required(map, "type", node, key), "\(key).type")
    var options: [(name: String, value: String)] = []
    if let node = map["options"] {
      guard let mapping = node.mapping else {
        throw reader.error(node, "\(key).options", "expected options and values")
      }
      for (name, value) in mapping {
        let option = try reader.string(name, "\(key).options")
        options.append((option, try reader.string(value, "\(key).options.\(option)")))
      }
    }
    let kind: PortKind
    do throws(OptionError) {
      kind = try PortKind(type: type, options: options)
    } catch {
      let isType = error.option == "type"
      throw reader.error(
        map[isType ? "type" : "options"] ?? node,
        isType ? "\(key).type" : "\(key).options.\(error.option)", error.problem)
    }
    var port = PortConfiguration(name: name, number: number, kind: kind)
    port.vlan = try vlan(map, key)
    return port
  }

  private func vlan(
    _ map: [String: Node], _ key: String
  ) throws(SettingsError) -> VLANConfiguration {
    var vlan = VLANConfiguration()
    if let node = map["vlan-mode"] { vlan.mode = try choice(node, "\(key).vlan-mode") }
    if let node = map["tag"] { vlan.tag = try vlanID(node, "\(key).tag") }
    if let node = map["trunks"] {
      for (index, entry) in try reader.sequence(node, "\(key).trunks").enumerated() {
        vlan.trunks.append(try vlanID(entry, "\(key).trunks[\(index)]"))
      }
    }
    return vlan
  }

  private func vlanID(_ node: Node, _ key: String) throws(SettingsError) -> UInt16 {
    try value(node, key, like: "1 to 4094") {
      UInt16($0).flatMap { (1...4094).contains($0) ? $0 : nil }
    }
  }

  private func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ node: Node, _ key: String
  ) throws(SettingsError) -> Choice {
    let text = try reader.string(node, key)
    guard let choice = Choice(rawValue: text) else {
      throw reader.error(
        node, key, NearestName.unknown("mode", text, Choice.allCases.map(\.rawValue)))
    }
    return choice
  }

  private func value<Value>(
    _ node: Node, _ key: String, like example: String, _ parse: (String) -> Value?
  ) throws(SettingsError) -> Value {
    let text = try reader.string(node, key)
    guard let value = parse(text) else {
      throw reader.error(node, key, "'\(text)' is not right; expected \(example)")
    }
    return value
  }
}
