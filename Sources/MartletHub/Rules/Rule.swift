/// When something happens, if things are so, then something is done: one of each, so that a person
/// can read it as a sentence.
public struct Rule: Equatable, Sendable {
  /// What makes it be looked at. Only a change does, never that something is so.
  public enum Trigger: Equatable, Sendable {
    /// An input, from 0, becomes active or quiet.
    case input(device: String, number: Int, isActive: Bool)
    /// Somebody's beacon comes to be so.
    case presence(device: String, PresenceLevel)
    /// A node comes, or goes.
    case node(device: String, isOnline: Bool)
    /// Clocks here show this minute of the day.
    case time(minute: Int)
  }

  /// What must be so besides.
  public enum Condition: Equatable, Sendable {
    /// An input, from 0, is active or quiet.
    case input(device: String, number: Int, isActive: Bool)
    /// Somebody's beacon is so.
    case presence(device: String, PresenceLevel)
    /// Clocks here show a minute from the first on, before the second; over midnight if it is less.
    case between(from: Int, to: Int)
  }

  /// What is done.
  public enum Action: Equatable, Sendable {
    /// All water is stopped.
    case stopWater
    /// A light is switched.
    case light(device: String, isOn: Bool)
    /// A kept sequence is run.
    case run(device: String, sequence: Int64)
    /// People are told.
    case notify
  }

  /// How surely somebody is here.
  public enum PresenceLevel: String, CaseIterable, Sendable {
    /// Nothing was heard for a while.
    case away
    /// Heard, which anyone on the network can fake.
    case home
    /// Heard, and proved to be itself.
    case proved
  }

  /// What makes it be looked at.
  public var trigger: Trigger
  /// What must be so besides; `nil` for nothing.
  public var condition: Condition?
  /// What is done.
  public var action: Action

  /// Takes all three.
  public init(when trigger: Trigger, if condition: Condition? = nil, then action: Action) {
    self.trigger = trigger
    self.condition = condition
    self.action = action
  }
}
