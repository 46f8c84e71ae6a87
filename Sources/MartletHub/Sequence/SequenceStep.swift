/// One step of a sequence: a valve and how long it is to be open.
public struct SequenceStep: Equatable, Hashable, Sendable {
  /// The valve, 0 for A.
  public var valve: Int
  /// The time, 1 second to 24 hours.
  public var seconds: Int

  /// The longest step.
  public static var longest: Int { 86_400 }

  /// Takes a valve, 0 to 3, and a time; `nil` for what no step may be.
  public init?(valve: Int, seconds: Int) {
    guard (0...3).contains(valve), (1...Self.longest).contains(seconds) else { return nil }
    self.valve = valve
    self.seconds = seconds
  }
}
