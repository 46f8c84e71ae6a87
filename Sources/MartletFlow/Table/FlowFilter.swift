/// Which flows a change, a deletion or a listing is about.
public struct FlowFilter: Equatable, Sendable {
  /// `nil` is all tables.
  public var table: UInt8?
  /// Flows whose frames are all of these.
  public var match = FlowMatch()
  /// With a priority the match must be the same, without it may be narrower.
  public var strictPriority: UInt16?
  /// The cookie, as far as `cookieMask` says.
  public var cookie: UInt64 = 0
  /// The bits of the cookie that count.
  public var cookieMask: UInt64 = 0
  /// Only flows that send to this port.
  public var outPort: PortNumber = .any
  /// Only flows that use this group.
  public var outGroup: UInt32?

  /// All flows.
  public init() {}

  /// Whether a flow is one of these.
  public func includes(_ flow: borrowing Flow) -> Bool {
    let specification = flow.specification
    if let table, table != specification.table { return false }
    if (specification.cookie ^ cookie) & cookieMask != 0 { return false }
    if let strictPriority {
      guard strictPriority == specification.priority, match == specification.match else {
        return false
      }
    } else if !specification.match.isWithin(match) {
      return false
    }
    if outPort != .any, !specification.actions.contains(where: { $0.sends(to: outPort) }) {
      return false
    }
    if let outGroup, !specification.actions.contains(where: { $0.uses(group: outGroup) }) {
      return false
    }
    return true
  }
}

extension Action {
  /// Whether it, or one within it, names a port as its output.
  func sends(to port: PortNumber) -> Bool {
    switch self {
    case .output(let output, _), .enqueue(let output, _): output == port
    case .controller: port == .controller
    case .clone(let actions), .writeActions(let actions):
      actions.contains { $0.sends(to: port) }
    default: false
    }
  }

  /// Whether it, or one within it, names a group.
  func uses(group number: UInt32) -> Bool {
    switch self {
    case .group(let group): group == number
    case .clone(let actions), .writeActions(let actions):
      actions.contains { $0.uses(group: number) }
    default: false
    }
  }
}
