import MartletSwitch

extension SwitchReport {
  /// The report as tables, one a bridge.
  var text: String {
    guard !bridges.isEmpty else {
      return "The switch has no bridge. Add one: martlet switch add-br br0\n"
    }
    // Without the empty line before the first.
    let text = String(bridges.map(\.text).joined().drop(while: \.isNewline))
    return text + (flowProblem.map { "\nflows: \($0)\n" } ?? "")
  }

  /// The report as JSON.
  var json: JSON {
    .object([
      ("bridges", .array(bridges.map(\.json))),
      ("loopedFrames", .number(loopedFrames)),
      ("lostBetweenBridges", .number(lostBetweenBridges)),
      ("flowProblem", flowProblem.map { .string($0) } ?? .null),
    ])
  }

  /// The report as Prometheus reads it.
  var metrics: String {
    var text = ""
    for (name, help, value) in SwitchReport.Port.metrics {
      text += "# HELP martlet_switch_port_\(name) \(help)\n"
      text +=
        "# TYPE martlet_switch_port_\(name) \(name.hasSuffix("_total") ? "counter" : "gauge")\n"
      for bridge in bridges {
        for port in bridge.ports {
          let labels =
            "{bridge=\"\(bridge.configuration.name)\",port=\"\(port.configuration.name)\"}"
          text += "martlet_switch_port_\(name)\(labels) \(value(port))\n"
        }
      }
    }
    let drops = "martlet_switch_drops_total"
    text += "# HELP \(drops) Frames that went nowhere.\n# TYPE \(drops) counter\n"
    for bridge in bridges {
      for (reason, count) in bridge.drops {
        text += "\(drops){bridge=\"\(bridge.configuration.name)\",reason=\"\(reason)\"} \(count)\n"
      }
    }
    return text
  }
}

extension SwitchReport.Bridge {
  fileprivate var text: String {
    var title = "bridge \(configuration.name)  datapath-id \(identifier)"
    title += "  mac \(configuration.linkAddress)"
    if let address = configuration.address { title += "  address \(address)" }
    if configuration.failMode != .standalone {
      title += "  fail-mode \(configuration.failMode.rawValue)"
    }
    let rows = ports.map { port in
      [
        port.isLocal ? "LOCAL" : "\(port.configuration.number)", port.configuration.name,
        port.configuration.kind.name, port.state,
        port.maximumTransmissionUnit == 0 ? "-" : "\(port.maximumTransmissionUnit)",
        "\(port.counters.receivedFrames)", "\(port.counters.sentFrames)",
        "\(port.lostFrames)", port.note,
      ]
    }
    let table = Table(
      title,
      ["number", "port", "type", "state", "mtu", "received", "sent", "lost", "settings"], rows)
    // A bridge whose only port was taken away still is one.
    return (rows.isEmpty ? "\n\(title)\n" : table.text) + controllerText
  }

  /// A line for each controller, and for what follows from there being none.
  private var controllerText: String {
    var text = ""
    for controller in controllers {
      var state = "not connected"
      if let role = controller.role {
        state = "connected, \(role), OpenFlow \(controller.versions.joined(separator: " and "))"
      } else if let problem = controller.problem {
        state += ": \(problem)"
      }
      text += "controller \(controller.target): \(state)\n"
      if let warning = controller.warning { text += "warning: \(warning)\n" }
    }
    if isAlone {
      text += "no controller answers: the bridge forwards by itself, and its flows are set aside\n"
    }
    return text
  }

  private var identifier: String {
    let digits = String(configuration.datapathID, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  fileprivate var json: JSON {
    var members: [(String, JSON)] = [
      ("name", .string(configuration.name)), ("datapathId", .string(identifier)),
      ("mac", .string(configuration.linkAddress)),
      ("failMode", .string(configuration.failMode.rawValue)),
      ("controllers", .array(configuration.controllers.map { JSON.string($0) })),
    ]
    members.append(("isAlone", .boolean(isAlone)))
    members.append(("controllerStates", .array(controllers.map(\.json))))
    if let address = configuration.address { members.append(("address", .string(address))) }
    members.append(("ports", .array(ports.map(\.json))))
    members.append(("drops", .object(drops.map { ($0.reason, .number($0.count)) })))
    return .object(members)
  }
}

extension SwitchReport.Controller {
  /// The controller as JSON.
  fileprivate var json: JSON {
    .object([
      ("target", .string(target)), ("isConnected", .boolean(role != nil)),
      ("role", role.map { .string($0) } ?? .null),
      ("versions", .array(versions.map { .string($0) })),
      ("problem", problem.map { .string($0) } ?? .null),
      ("warning", warning.map { .string($0) } ?? .null),
    ])
  }
}

extension SwitchReport.Port {
  /// The counters with their names in Prometheus.
  static let metrics: [(String, String, @Sendable (Self) -> UInt64)] = [
    ("up", "Whether the port works.", { $0.error == nil ? 1 : 0 }),
    ("blocked", "Whether it rests because of a loop.", { $0.block == nil ? 0 : 1 }),
    ("receive_packets_total", "Frames received.", { $0.counters.receivedFrames }),
    ("receive_bytes_total", "Their bytes.", { $0.counters.receivedBytes }),
    ("receive_errors_total", "Frames that came malformed.", { $0.counters.receiveErrors }),
    ("receive_drops_total", "Frames that had no room.", { $0.counters.receiveDrops }),
    ("transmit_packets_total", "Frames sent.", { $0.counters.sentFrames }),
    ("transmit_bytes_total", "Their bytes.", { $0.counters.sentBytes }),
    ("transmit_drops_total", "Frames the device had no room for.", { $0.counters.transmitDrops }),
    ("transmit_errors_total", "Frames the device refused.", { $0.counters.transmitErrors }),
    ("too_long_total", "Frames that do not fit the port.", { $0.counters.tooLong }),
    (
      "bad_offload_total", "Frames whose offload was described wrongly.", { $0.counters.badOffload }
    ),
    ("too_big_answers_total", "Answers 'fragmentation needed'.", { $0.counters.tooBigAnswers }),
    ("clamped_openings_total", "TCP openings clamped.", { $0.counters.clampedOpenings }),
  ]

  /// All that was lost, for whatever reason.
  fileprivate var lostFrames: UInt64 {
    counters.receiveErrors + counters.receiveDrops + counters.transmitDrops
      + counters.transmitErrors + counters.tooLong + counters.badOffload
  }

  fileprivate var state: String { error != nil ? "DOWN" : block != nil ? "BLOCKED" : "up" }

  /// Why it does not work, or how it is set.
  fileprivate var note: String {
    if let reason = error ?? block { return reason }
    if let problem = gateway?.problem { return problem }
    var words = configuration.kind.options.map { "\($0.name)=\($0.value)" }
    if let advice = gateway?.advice { words.append("(\(advice))") }
    if let mode = configuration.vlan.mode { words.append("vlan-mode=\(mode.rawValue)") }
    if let tag = configuration.vlan.tag { words.append("tag=\(tag)") }
    if !configuration.vlan.trunks.isEmpty {
      words.append("trunks=\(configuration.vlan.trunks.map(String.init).joined(separator: ","))")
    }
    return words.joined(separator: " ")
  }

  /// The port as JSON.
  var json: JSON {
    let options = configuration.kind.options.map { name, value -> (String, JSON) in
      let text: JSON = .string(value)
      return (name, text)
    }
    let counters = Self.metrics.dropFirst(2).map { name, _, value -> (String, JSON) in
      (name, .number(value(self)))
    }
    return .object([
      ("name", .string(configuration.name)),
      ("number", .number(Int(configuration.number))),
      ("type", .string(configuration.kind.name)),
      ("options", .object(options)),
      ("vlanMode", .string(configuration.vlan.effectiveMode.rawValue)),
      ("tag", configuration.vlan.tag.map { .number(Int($0)) } ?? .null),
      ("trunks", .array(configuration.vlan.trunks.map { .number(Int($0)) })),
      ("error", error.map { .string($0) } ?? .null),
      ("blocked", block.map { .string($0) } ?? .null),
      ("gateway", gateway?.json ?? .null),
      ("mtu", .number(maximumTransmissionUnit)),
      ("counters", .object(counters)),
    ])
  }
}

extension GatewayStatus {
  fileprivate var json: JSON {
    let leases = leases.map { lease -> JSON in
      .object([
        ("address", .string(lease.address)), ("mac", .string(lease.linkAddress)),
        ("name", .string(lease.name)),
      ])
    }
    return .object([
      ("problem", problem.map { .string($0) } ?? .null),
      ("outside", outside.map { .string($0) } ?? .null),
      ("advice", advice.map { .string($0) } ?? .null),
      ("conversations", .number(conversations)), ("leases", .array(leases)),
    ])
  }
}
