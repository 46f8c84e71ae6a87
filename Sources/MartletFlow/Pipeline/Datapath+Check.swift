extension Datapath {
  /// The actions that a flow may have, those within others included.
  static var actionLimit: Int { 4096 }
  /// How deep lists may lie in each other.
  static var nestingLimit: Int { 16 }

  /// Whether a list of actions can be done at all.
  func check(_ actions: [Action], in table: UInt8) throws(FlowError) {
    var count = 0
    try check(actions, in: table, depth: 0, count: &count)
    // A part of a conjunction does nothing itself.
    let isConjunctive = actions.contains { $0.isConjunction }
    var stage = 0
    for action in actions {
      switch action {
      case .conjunction(_, let clause, let count):
        guard (2...64).contains(count), clause < count else { throw .unsupportedAction }
      case .note: break
      default: if isConjunctive { throw .unsupportedAction }
      }
      let next = action.stage
      guard next >= stage else { throw .unsupportedOrder }
      if next > 1, next == stage { throw .unsupportedOrder }
      stage = next
    }
  }

  private func check(
    _ actions: [Action], in table: UInt8, depth: Int, count: inout Int
  ) throws(FlowError) {
    guard depth < Self.nestingLimit else { throw .tooManyActions }
    count += actions.count
    guard count <= Self.actionLimit else { throw .tooManyActions }
    for action in actions {
      switch action {
      case .output(let port, _), .enqueue(let port, _):
        guard port != .none, port != .any else { throw .badOutPort }
      case .group(let id):
        guard place(ofGroup: id) != nil else { throw .badGroup }
      case .meter(let id):
        guard place(ofMeter: id) != nil else { throw .badMeter }
      case .gotoTable(let next):
        guard next > table, Int(next) < tables.count else { throw .badGoto }
      case .resubmit(_, let next?):
        guard Int(next) < tables.count else { throw .badTable }
      case .move(let from, let to):
        guard from.count == to.count else { throw .badSetField(to.field) }
      case .setField(let field, let value, let mask):
        guard field.isWritable, value & ~mask == 0 else { throw .badSetField(field) }
      case .learn(let learn):
        guard Int(learn.table) < tables.count else { throw .badTable }
      case .track(let track):
        if let next = track.table { guard Int(next) < tables.count else { throw .badTable } }
        // No helper is there: a protocol that hides addresses in its data is not followed.
        guard track.algorithm == 0 else { throw .unsupportedAction }
        try check(track, &count)
      case .nat: throw .unsupportedAction
      case .clone(let inner), .writeActions(let inner):
        try check(inner, in: table, depth: depth + 1, count: &count)
      default: break
      }
    }
  }
}

extension Datapath {
  /// Whether connection tracking can do what it is told: marks, labels, and one translation.
  private func check(_ track: TrackAction, _ count: inout Int) throws(FlowError) {
    count += track.actions.count
    guard count <= Self.actionLimit else { throw .tooManyActions }
    for action in track.actions {
      switch action {
      case .nat(let nat):
        // What is decided is decided for a connection that is remembered.
        guard nat.direction == nil || track.commits else { throw .unsupportedAction }
      case .setField(let field, let value, let mask):
        guard field == .trackMark || field == .trackLabel, value & ~mask == 0 else {
          throw .badSetField(field)
        }
      case .move(let from, let to):
        guard to.field == .trackMark || to.field == .trackLabel, from.count == to.count else {
          throw .badSetField(to.field)
        }
      default: throw .unsupportedAction
      }
    }
  }
}

extension Field {
  /// Whether an action may change it.
  public var isWritable: Bool {
    switch self {
    case .trackState, .trackZone, .conjunctionID, .etherType, .ipProtocol, .ipFragment, .tcpFlags,
      .ipv6ExtensionHeaders, .inPort:
      self == .inPort
    default: true
    }
  }
}

extension Action {
  /// The place of an instruction in their order (OpenFlow 1.3, 5.9): meter, what is applied, clear, write,
  /// metadata, goto.
  var stage: Int {
    switch self {
    case .meter: 0
    case .clearActions: 2
    case .writeActions: 3
    case .writeMetadata: 4
    case .gotoTable: 5
    default: 1
    }
  }
}
