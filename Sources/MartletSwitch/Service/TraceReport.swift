internal import MartletFlow
internal import MartletFlowText

/// A frame's road through the tables of a bridge.
public struct TraceReport: Sendable {
  /// Something that happened on it.
  public struct Step: Sendable {
    /// What sort of step it is.
    public enum Kind: String, Sendable {
      /// A table was searched.
      case lookup
      /// An action was done.
      case action
      /// A group's bucket was chosen.
      case bucket
      /// `NORMAL` looked for the station.
      case normal
      /// It leaves by a port.
      case output
      /// It goes to the controllers.
      case controller
      /// It goes no further on this way.
      case drop
    }

    /// What sort of step it is.
    public let kind: Kind
    /// How deep tables led into each other.
    public let depth: Int
    /// What happened, for people.
    public let text: String
  }

  /// The steps, in order.
  public private(set) var steps: [Step] = []
  /// The names of the ports that it leaves by.
  public private(set) var outputs: [String] = []
  /// The numbers of these ports as OpenFlow has them, and `controller` for the controllers.
  public private(set) var outputNumbers: [String] = []
  /// Which bits of the frame were looked at, and their values, as a match.
  public let lookedAt: String

  init(
    _ steps: [TraceStep], _ mask: FlowMask, _ key: FlowKey, _ words: FlowText,
    _ bridge: SwitchBridge
  ) {
    var looked = FlowMatch()
    for field in Field.allCases where mask[field] != 0 {
      looked.add(field, key[field], mask: mask[field])
    }
    lookedAt = words.format(looked)
    for step in steps { add(step, words, bridge) }
  }

  /// The report as lines: each step, deeper ones further in, then what was looked at.
  public var lines: [String] {
    steps.map { step in
      switch step.kind {
      case .lookup: String(repeating: "  ", count: min(step.depth, 32)) + step.text
      case .action, .bucket, .normal:
        String(repeating: "  ", count: min(step.depth + 1, 33)) + step.text
      case .output, .controller, .drop: "-> " + step.text
      }
    } + ["looked at: " + (lookedAt.isEmpty ? "nothing" : lookedAt)]
  }

  private mutating func add(_ step: TraceStep, _ words: FlowText, _ bridge: SwitchBridge) {
    func append(_ kind: Step.Kind, _ depth: Int, _ text: String) {
      steps.append(Step(kind: kind, depth: depth, text: text))
    }
    func name(_ number: PortNumber) -> String {
      let digits = number == .local ? "LOCAL" : "\(number.rawValue)"
      return bridge.port(number).map { "\(digits) (\($0.name))" } ?? digits
    }
    switch step {
    case .lookup(let table, let flow?, let depth):
      let match = words.format(flow.match)
      append(
        .lookup, depth,
        "table \(table): priority \(flow.priority)" + (match.isEmpty ? "" : ", \(match)")
          + (flow.cookie == 0 ? "" : ", cookie 0x\(String(flow.cookie, radix: 16))"))
    case .lookup(let table, nil, let depth):
      append(.lookup, depth, "table \(table): no flow is for it")
    case .action(let action, let depth): append(.action, depth, words.format([action]))
    case .bucket(let group, let index): append(.bucket, 0, "group \(group): bucket \(index)")
    case .normal(let vlan, let port):
      let place = port.map { "the station is at \(name($0))" } ?? "floods"
      append(.normal, 0, "NORMAL\(vlan == 0 ? "" : " in VLAN \(vlan)"): \(place)")
    case .sent(let port):
      append(.output, 0, name(port))
      outputs.append(bridge.port(port)?.name ?? "\(port.rawValue)")
      outputNumbers.append(port == .local ? "LOCAL" : "\(port.rawValue)")
    case .sentToController(let reason):
      append(.controller, 0, "controllers (\(reason))")
      outputNumbers.append("controller")
    case .dropped(let reason): append(.drop, 0, "dropped: \(reason)")
    }
  }
}
