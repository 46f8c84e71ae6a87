internal import MartletWire

extension ConfigurationFile {
  /// The text of a file that reads as `configuration`.
  public static func text(of configuration: SwitchConfiguration) -> String {
    var text = """
      # A Martlet switch, written by `martlet switch`. It may be edited while the switch is down.
      bridges:\(configuration.bridges.isEmpty ? " []" : "")

      """
    for bridge in configuration.bridges {
      text += "  - name: \(quoted(bridge.name))\n"
      let digits = String(bridge.datapathID, radix: 16)
      let padded = String(repeating: "0", count: 16 - digits.count) + digits
      text += "    datapath-id: \"\(padded)\"\n"
      text += "    mac: \"\(bridge.linkAddress)\"\n"
      if !bridge.hasHostPort { text += "    host-port: false\n" }
      if let address = bridge.address { text += "    address: \(address)\n" }
      if bridge.failMode != .standalone { text += "    fail-mode: \(bridge.failMode.rawValue)\n" }
      if !bridge.controllers.isEmpty {
        text += "    controllers: [\(bridge.controllers.map(quoted).joined(separator: ", "))]\n"
      }
      if let guards = bridge.guardsLoops { text += "    loop-guard: \(guards)\n" }
      if !bridge.ports.isEmpty { text += "    ports:\n" }
      for port in bridge.ports { text += self.text(of: port) }
    }
    return text
  }

  private static func text(of port: PortConfiguration) -> String {
    var text = "      - name: \(quoted(port.name))\n"
    text += "        number: \(port.number)\n        type: \(port.kind.name)\n"
    let options = port.kind.options
    if !options.isEmpty {
      let words = options.map { "\($0.name): \(quoted($0.value))" }
      text += "        options: {\(words.joined(separator: ", "))}\n"
    }
    if let mode = port.vlan.mode { text += "        vlan-mode: \(mode.rawValue)\n" }
    if let tag = port.vlan.tag { text += "        tag: \(tag)\n" }
    if !port.vlan.trunks.isEmpty {
      let trunks = port.vlan.trunks.map(String.init)
      text += "        trunks: [\(trunks.joined(separator: ", "))]\n"
    }
    return text
  }

  /// A string that YAML reads as itself.
  private static func quoted(_ value: String) -> String {
    let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    return "\"\(escaped)\""
  }
}
