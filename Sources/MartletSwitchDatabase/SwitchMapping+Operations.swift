internal import MartletOVSDB
internal import MartletSwitch

// The other way round: operations that make the database say what a switch is, and how it does.

extension SwitchConfiguration {
  /// What makes the database hold these bridges and ports. Rows of ports that the switch could not
  /// make are left.
  func operations(for database: Database, leaving problems: [String: String]) -> [JSONValue] {
    let view = DatabaseView(database)
    var operations: [JSONValue] = []
    let rows = view.root.map { view.entries("Bridge", "bridges", of: $0) } ?? []
    operations += rows.map { row in
      Self.wait("Bridge", row, "ports", view.entries("Port", "ports", of: row))
    }
    if let root = view.root { operations.append(Self.wait("Open_vSwitch", root, "bridges", rows)) }
    var references: [JSONValue] = []
    for (index, bridge) in bridges.enumerated() {
      let row = rows.first { $0.text("name") == bridge.name }
      let ports = bridge.ports + (bridge.hasHostPort ? [bridge.ownPort] : [])
      let known = row.map { view.entries("Port", "ports", of: $0) } ?? []
      var links: [JSONValue] = known.filter { entry in
        view.entries("Interface", "interfaces", of: entry).contains {
          problems[$0.text("name")] != nil
        }
      }.map { Self.reference($0.uuid) }
      for (number, port) in ports.enumerated() {
        if let entry = known.first(where: { $0.text("name") == port.name }) {
          links.append(Self.reference(entry.uuid))
          operations += port.updates
        } else {
          let name = "port_\(index)_\(number)"
          operations += port.insertions(name)
          links.append(["named-uuid", .string(name)])
        }
      }
      let mode: JSONValue = bridge.failMode == .secure ? "secure" : ["set", []]
      var columns = JSONObject([("ports", ["set", .array(links)]), ("fail_mode", mode)])
      let targets = row.map { view.entries("Controller", "controller", of: $0) } ?? []
      if targets.map({ $0.text("target") }).sorted() != bridge.controllers.sorted() {
        var controllers: [JSONValue] = []
        for (number, target) in bridge.controllers.enumerated() {
          let name = "controller_\(index)_\(number)"
          operations.append(
            [
              "op": "insert", "table": "Controller", "uuid-name": .string(name),
              "row": ["target": .string(target)],
            ])
          controllers.append(["named-uuid", .string(name)])
        }
        columns.append("controller", ["set", .array(controllers)])
      }
      if let row {
        operations.append(
          [
            "op": "update", "table": "Bridge",
            "where": [["_uuid", "==", Self.reference(row.uuid)]], "row": .object(columns),
          ])
        references.append(Self.reference(row.uuid))
      } else {
        columns.append("name", .string(bridge.name))
        let name = "bridge_\(index)"
        operations.append(
          ["op": "insert", "table": "Bridge", "uuid-name": .string(name), "row": .object(columns)])
        references.append(["named-uuid", .string(name)])
      }
    }
    let root: JSONValue = ["bridges": ["set", .array(references)]]
    operations.append(
      view.root == nil
        ? ["op": "insert", "table": "Open_vSwitch", "row": root]
        : ["op": "update", "table": "Open_vSwitch", "where": [], "row": root])
    operations.append(["op": "comment", "comment": "martlet switch"])
    return operations
  }

  /// What makes the transaction fail where others have added or removed rows since the database was read.
  private static func wait(
    _ table: String, _ row: DatabaseView.Entry, _ column: String, _ entries: [DatabaseView.Entry]
  ) -> JSONValue {
    let links: JSONValue = ["set", .array(entries.map { reference($0.uuid) })]
    return [
      "op": "wait", "table": .string(table), "where": [["_uuid", "==", reference(row.uuid)]],
      "columns": [.string(column)], "until": "==", "rows": [.object(JSONObject([(column, links)]))],
      "timeout": 0,
    ]
  }

  private static func reference(_ uuid: DatabaseUUID) -> JSONValue {
    ["uuid", .string(uuid.description)]
  }
}

extension BridgeConfiguration {
  /// Its own port as the database has it.
  fileprivate var ownPort: PortConfiguration {
    PortConfiguration(name: name, number: 0, kind: .internal(.init()))
  }
}

extension PortConfiguration {
  private var interfaceColumns: JSONValue {
    let pairs = kind.options.map { JSONValue.array([.string($0.name), .string($0.value)]) }
    return [
      "type": .string(kind.name == "system" ? "" : kind.name), "options": ["map", .array(pairs)],
    ]
  }

  private var portColumns: JSONValue {
    [
      "tag": ["set", .array(vlan.tag.map { [.integer(Int64($0))] } ?? [])],
      "trunks": ["set", .array(vlan.trunks.map { .integer(Int64($0)) })],
      "vlan_mode": ["set", .array(vlan.mode.map { [.string($0.rawValue)] } ?? [])],
    ]
  }

  fileprivate var updates: [JSONValue] {
    let condition: JSONValue = [["name", "==", .string(name)]]
    return [
      ["op": "update", "table": "Interface", "where": condition, "row": interfaceColumns],
      ["op": "update", "table": "Port", "where": condition, "row": portColumns],
    ]
  }

  fileprivate func insertions(_ symbol: String) -> [JSONValue] {
    var interface = interfaceColumns.object ?? JSONObject()
    interface.append("name", .string(name))
    if number != 0 { interface.append("ofport_request", .integer(Int64(number))) }
    var port = portColumns.object ?? JSONObject()
    port.append("name", .string(name))
    port.append("interfaces", ["named-uuid", .string("of_\(symbol)")])
    return [
      [
        "op": "insert", "table": "Interface", "uuid-name": .string("of_\(symbol)"),
        "row": .object(interface),
      ],
      ["op": "insert", "table": "Port", "uuid-name": .string(symbol), "row": .object(port)],
    ]
  }
}

extension SwitchReport {
  /// What writes back how the switch does, and that it is what `mapping` says.
  func operations(for mapping: SwitchMapping) -> [JSONValue] {
    var operations: [JSONValue] = []
    for (name, problem) in mapping.problems.sorted(by: { $0.key < $1.key }) {
      operations.append(Self.update("Interface", name, ["ofport": -1, "error": .string(problem)]))
    }
    for bridge in bridges {
      let name = bridge.configuration.name
      let digits = String(bridge.configuration.datapathID, radix: 16)
      let identifier = String(repeating: "0", count: 16 - digits.count) + digits
      operations.append(Self.update("Bridge", name, ["datapath_id": .string(identifier)]))
      for port in bridge.ports {
        operations.append(Self.update("Interface", port.configuration.name, port.columns))
      }
      for controller in bridge.controllers {
        guard let row = mapping.controllers[name]?[controller.target] else { continue }
        operations.append(
          [
            "op": "update", "table": "Controller",
            "where": [["_uuid", "==", ["uuid", .string(row.description)]]],
            "row": controller.columns,
          ])
      }
    }
    operations.append(
      [
        "op": "update", "table": "Open_vSwitch", "where": [],
        "row": ["cur_cfg": .integer(mapping.generation)],
      ])
    return operations
  }

  private static func update(_ table: String, _ name: String, _ row: JSONValue) -> JSONValue {
    [
      "op": "update", "table": .string(table), "where": [["name", "==", .string(name)]], "row": row,
    ]
  }
}

extension SwitchReport.Controller {
  fileprivate var columns: JSONValue {
    var status: [(String, String)] = [("state", role == nil ? "BACKOFF" : "ACTIVE")]
    if let problem { status.append(("last_error", problem)) }
    let pairs = status.map { JSONValue.array([.string($0.0), .string($0.1)]) }
    return [
      "is_connected": .boolean(role != nil),
      "role": ["set", .array(role.map { [.string($0)] } ?? [])],
      "status": ["map", .array(pairs)],
    ]
  }
}

extension SwitchReport.Port {
  fileprivate var columns: JSONValue {
    let isUp = error == nil
    let counters: [(String, UInt64)] = [
      ("rx_packets", counters.receivedFrames), ("rx_bytes", counters.receivedBytes),
      ("rx_errors", counters.receiveErrors), ("rx_dropped", counters.receiveDrops),
      ("tx_packets", counters.sentFrames), ("tx_bytes", counters.sentBytes),
      ("tx_errors", counters.transmitErrors), ("tx_dropped", counters.transmitDrops),
    ]
    let pairs = counters.map {
      JSONValue.array([.string($0.0), .integer(Int64(clamping: $0.1))])
    }
    let number: Int64 = isLocal ? 65_534 : Int64(configuration.number)
    return [
      "ofport": .integer(isUp ? number : -1),
      "error": ["set", .array(error.map { [.string($0)] } ?? [])],
      "link_state": isUp ? "up" : "down", "admin_state": isUp ? "up" : "down",
      "mtu": ["set", .array(isUp ? [.integer(Int64(maximumTransmissionUnit))] : [])],
      "statistics": ["map", .array(pairs)],
    ]
  }
}
