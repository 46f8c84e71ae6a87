/// Sees what changes, and says which rules that concerns.
///
/// What was never known before is no change: a hub that begins anew fires nothing. What was known and
/// is not at the moment counts as it was last known, so that a door that was opened while its node
/// was away is told when the node is back.
public struct RuleWatch: Sendable {
  private var inputs: [String: UInt8] = [:]
  private var presence: [String: Rule.PresenceLevel] = [:]
  private var online: [String: Bool] = [:]

  /// Has seen nothing yet.
  public init() {}

  /// What became of a rule whose trigger came.
  public enum Verdict: Equatable, Sendable {
    /// It is to be done.
    case fires
    /// It is not, and why, for a person.
    case held(String)
  }

  /// Takes how things stand now, and gives the verdict on each rule whose trigger came, by its place.
  /// Times of day are not its: who has the clock asks for ``judge(_:in:)``.
  public mutating func look(
    at world: RuleWorld, rules: [Rule]
  ) -> [(index: Int, verdict: Verdict)] {
    var verdicts: [(index: Int, verdict: Verdict)] = []
    for (index, rule) in rules.enumerated() where hasCome(rule.trigger, in: world) {
      verdicts.append((index, Self.judge(rule, in: world)))
    }
    for (id, state) in world.devices {
      online[id] = state.isOnline
      if let mask = state.inputs { inputs[id] = mask }
      if let level = state.presence { presence[id] = level }
    }
    return verdicts
  }

  /// The verdict on a rule whose trigger has come, or of a dry run.
  public static func judge(_ rule: Rule, in world: RuleWorld) -> Verdict {
    guard let condition = rule.condition, let objection = world.objection(to: condition) else {
      return .fires
    }
    return .held(objection)
  }

  private func hasCome(_ trigger: Rule.Trigger, in world: RuleWorld) -> Bool {
    switch trigger {
    case .input(let device, let number, let isActive):
      guard let before = inputs[device], let now = world.devices[device]?.inputs else {
        return false
      }
      let bit = UInt8(1) << UInt8(number)
      return (before & bit != 0) != isActive && (now & bit != 0) == isActive
    case .presence(let device, let level):
      guard let before = presence[device], let now = world.devices[device]?.presence else {
        return false
      }
      return !RuleWorld.isMet(level, by: before) && RuleWorld.isMet(level, by: now)
    case .node(let device, let isOnline):
      guard let before = online[device], let now = world.devices[device]?.isOnline else {
        return false
      }
      return before != isOnline && now == isOnline
    case .time: return false
    }
  }
}
