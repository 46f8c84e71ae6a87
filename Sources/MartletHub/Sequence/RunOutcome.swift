/// How a run has ended.
public enum RunOutcome: Equatable, Sendable {
  /// Every step had its time.
  case completed
  /// Somebody stopped it.
  case stopped
  /// The node closed the valve before its time: by its own limits, or by another's hand.
  case cutOff(step: Int)
  /// The node did not do what it was told.
  case disobeyed(step: Int)
  /// The node was away for too long.
  case nodeLost(step: Int)
}
