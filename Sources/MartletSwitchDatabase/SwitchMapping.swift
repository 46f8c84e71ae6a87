public import MartletOVSDB
public import MartletSwitch

/// What a database says a switch is to be.
public struct SwitchMapping: Sendable {
  /// The switch, without what cannot be.
  public private(set) var configuration = SwitchConfiguration()
  /// Why an interface cannot be what it is to be, by name.
  public private(set) var problems: [String: String] = [:]
  /// The rows of each bridge's controllers, by their targets.
  private(set) var controllers: [String: [String: DatabaseUUID]] = [:]
  /// Which configuration it is: `next_cfg`.
  public private(set) var generation: Int64 = 0

  /// Reads the rows.
  ///
  /// - Parameters:
  ///   - database: The database.
  ///   - known: What the switch is now: numbers and addresses that the database does not give are
  ///     kept.
  public init(_ database: Database, keeping known: SwitchConfiguration) {
    let view = DatabaseView(database)
    guard let root = view.root else { return }
    generation = root.number("next_cfg") ?? 0
    for entry in view.entries("Bridge", "bridges", of: root) {
      add(entry, view, known[bridge: entry.text("name")])
    }
  }

  private mutating func add(
    _ entry: DatabaseView.Entry, _ view: DatabaseView, _ known: BridgeConfiguration?
  ) {
    let name = entry.text("name")
    do throws(SwitchError) {
      if var known, configuration.problem(with: known) == nil {
        known.ports = []
        configuration.bridges.append(known)
      } else {
        try configuration.addBridge(named: name)
      }
      var settings: [(name: String, value: String)] = []
      for (option, setting) in [
        ("datapath-id", "datapath-id"), ("hwaddr", "mac"), ("address", "address"),
      ] {
        if let pair = entry.pairs("other_config").first(where: { $0.name == option }) {
          settings.append((setting, pair.value))
        }
      }
      let mode = entry.text("fail_mode")
      settings.append(("fail-mode", mode.isEmpty ? "standalone" : mode))
      try configuration.set(name, settings)
      // Last and alone: a controller that is none leaves the other settings as they are.
      let rows = view.entries("Controller", "controller", of: entry)
      controllers[name] = Dictionary(rows.map { ($0.text("target"), $0.uuid) }) { first, _ in first
      }
      let targets = rows.map { $0.text("target") }
      try configuration.set(name, [("controllers", targets.sorted().joined(separator: ","))])
    } catch {
      problems[name] = error.description
      guard configuration[bridge: name] != nil else { return }
    }
    configuration[bridge: name]?.hasHostPort = false
    // Those that have a number come first: a new one must not take it.
    let ports = view.entries("Port", "ports", of: entry)
    let old = ports.filter { known?[port: $0.text("name")] != nil }
    let new = ports.filter { known?[port: $0.text("name")] == nil }
    for port in old + new {
      let interfaces = view.entries("Interface", "interfaces", of: port)
      if port.text("name") == name {
        configuration[bridge: name]?.hasHostPort = true
      } else if interfaces.count == 1 {
        add(port, interfaces[0], to: name, known?[port: port.text("name")])
      } else {
        for interface in interfaces {
          problems[interface.text("name")] = "bonds are not supported; give the port one interface"
        }
      }
    }
  }

  private mutating func add(
    _ port: DatabaseView.Entry, _ interface: DatabaseView.Entry, to bridge: String,
    _ known: PortConfiguration?
  ) {
    let type = interface.text("type")
    var settings = [(name: "type", value: type.isEmpty ? "system" : type)]
    settings += interface.pairs("options").map { ("options:" + $0.name, $0.value) }
    if let tag = port.number("tag"), tag != 0 { settings.append(("tag", "\(tag)")) }
    let trunks = port.numbers("trunks").map(String.init)
    if !trunks.isEmpty { settings.append(("trunks", trunks.joined(separator: ","))) }
    if !port.text("vlan_mode").isEmpty {
      settings.append(("vlan-mode", port.text("vlan_mode")))
    }
    if let number = interface.number("ofport_request") ?? known.map({ Int64($0.number) }) {
      settings.append(("number", "\(number)"))
    }
    do throws(SwitchError) {
      try configuration.addPort(named: port.text("name"), to: bridge, settings: settings)
    } catch {
      problems[interface.text("name")] = error.description
    }
  }
}
