/// How things stand at one moment, as far as they may be believed: what rules look at.
public struct RuleWorld: Sendable {
  /// A device.
  public struct State: Equatable, Sendable {
    /// Whether its node is connected.
    public var isOnline: Bool
    /// Its inputs as a mask; `nil` while that is not known.
    public var inputs: UInt8?
    /// Whether its beacon is here; `nil` for what is none.
    public var presence: Rule.PresenceLevel?

    /// Takes all parts.
    public init(isOnline: Bool, inputs: UInt8? = nil, presence: Rule.PresenceLevel? = nil) {
      self.isOnline = isOnline
      self.inputs = inputs
      self.presence = presence
    }
  }

  /// The devices by their ids.
  public var devices: [String: State]
  /// The minute of the day that clocks here show.
  public var minute: Int

  /// Takes both.
  public init(devices: [String: State], minute: Int) {
    self.devices = devices
    self.minute = minute
  }

  /// Why a condition does not hold, for a person; `nil` when it does. What is not known does not hold.
  public func objection(to condition: Rule.Condition) -> String? {
    switch condition {
    case .input(let device, let number, let isActive):
      guard let mask = devices[device]?.inputs else {
        return "input \(number + 1) of \(device) was not known"
      }
      let found = mask >> UInt8(number) & 1 == 1
      return found == isActive
        ? nil : "input \(number + 1) of \(device) was \(found ? "active" : "quiet")"
    case .presence(let device, let level):
      guard let found = devices[device]?.presence else { return "\(device) was not known" }
      return Self.isMet(level, by: found) ? nil : "\(device) was \(Self.words(found))"
    case .between(let from, let to):
      let isWithin = from < to ? (from..<to).contains(minute) : minute >= from || minute < to
      return isWithin ? nil : "it was \(Self.clock(minute))"
    }
  }

  /// Whether a level is as sure as another asks for: who is proved is home, too.
  static func isMet(_ wanted: Rule.PresenceLevel, by found: Rule.PresenceLevel) -> Bool {
    wanted == found || (wanted == .home && found == .proved)
  }

  private static func words(_ level: Rule.PresenceLevel) -> String {
    switch level {
    case .away: "away"
    case .home: "home, but not proved"
    case .proved: "home"
    }
  }

  private static func clock(_ minute: Int) -> String {
    "\(minute / 60 < 10 ? "0" : "")\(minute / 60):\(minute % 60 < 10 ? "0" : "")\(minute % 60)"
  }
}
