public import MartletDevice

/// One input, debounced: a level counts once it has lasted for 30 ms. One that changes for two
/// seconds without ever lasting so long is a fault.
public struct AlarmInput: Sendable {
  /// How long a level must last.
  public static var debounceTime: Interval { .milliseconds(30) }
  /// How long an input may be restless.
  public static var patience: Interval { .seconds(2) }

  /// What is known.
  public private(set) var state: InputState
  private var isActive: Bool
  private var since: Instant
  private var restlessSince: Instant?

  /// Starts with what the input is, before anything is known of how long.
  public init(isActive: Bool, now: Instant) {
    self.isActive = isActive
    state = isActive ? .active : .idle
    since = now
  }

  /// Takes a look at the input; true when the state has changed.
  public mutating func sample(isActive: Bool, now: Instant) -> Bool {
    // What the last look saw has lasted until now, as far as can be known.
    let before = state
    settle(now)
    if isActive != self.isActive {
      self.isActive = isActive
      since = now
      if restlessSince == nil { restlessSince = now }
    }
    settle(now)
    return state != before
  }

  private mutating func settle(_ now: Instant) {
    guard let restless = restlessSince else { return }
    if now - since >= Self.debounceTime {
      state = isActive ? .active : .idle
      restlessSince = nil
    } else if now - restless >= Self.patience {
      state = .fault
    }
  }

  /// When to look again at the latest; `nil` while the input rests.
  public var nextDeadline: Instant? {
    guard let restlessSince else { return nil }
    let settled = since + Self.debounceTime
    return state == .fault ? settled : min(settled, restlessSince + Self.patience)
  }
}
