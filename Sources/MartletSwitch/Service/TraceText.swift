internal import MartletFlow
internal import MartletFlowText

/// What a trace says, in lines for people.
struct TraceText {
  let words: FlowText
  let bridge: SwitchBridge

  /// The lines: each step, deeper ones further in, then the bits that were looked at.
  func lines(_ steps: [TraceStep], _ mask: FlowMask, _ key: FlowKey) -> [String] {
    var lines: [String] = []
    for step in steps {
      switch step {
      case .lookup(let table, let flow?, let depth):
        let match = words.format(flow.match)
        lines.append(
          indent(depth) + "table \(table): priority \(flow.priority)"
            + (match.isEmpty ? "" : ", \(match)")
            + (flow.cookie == 0 ? "" : ", cookie 0x\(String(flow.cookie, radix: 16))"))
      case .lookup(let table, nil, let depth):
        lines.append(indent(depth) + "table \(table): no flow is for it")
      case .action(let action, let depth):
        lines.append(indent(depth + 1) + words.format([action]))
      case .bucket(let group, let index): lines.append("  group \(group): bucket \(index)")
      case .normal(let vlan, let port):
        let place = port.map { "the station is at \(name(of: $0))" } ?? "floods"
        lines.append("  NORMAL\(vlan == 0 ? "" : " in VLAN \(vlan)"): \(place)")
      case .sent(let port): lines.append("-> \(name(of: port))")
      case .sentToController(let reason): lines.append("-> controllers (\(reason))")
      case .dropped(let reason): lines.append("-> dropped: \(reason)")
      }
    }
    var looked = FlowMatch()
    for field in Field.allCases where mask[field] != 0 {
      looked.add(field, key[field], mask: mask[field])
    }
    let text = words.format(looked)
    lines.append("looked at: " + (text.isEmpty ? "nothing" : text))
    return lines
  }

  private func indent(_ depth: Int) -> String { String(repeating: "  ", count: min(depth, 32)) }

  private func name(of number: PortNumber) -> String {
    bridge.port(number).map { "\(number == .local ? "LOCAL" : "\(number.rawValue)") (\($0.name))" }
      ?? "\(number.rawValue)"
  }
}
