public import MartletDevice

/// How long a call may wait.
public enum Patience: Equatable, Sendable {
  /// Not at all.
  case none
  /// Until a moment of the machine's monotonic clock.
  case until(Instant)
  /// For as long as it takes.
  case unlimited
}
