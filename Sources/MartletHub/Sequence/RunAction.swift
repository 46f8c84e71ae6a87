/// What a run wants done, in this order.
public enum RunAction: Equatable, Sendable {
  /// Keep `SequenceRun.Record` where a power failure does not reach it, before what follows is done.
  case save
  /// Open this valve for so many seconds, which the node counts too.
  case open(valve: Int, seconds: Int)
  /// Close everything.
  case closeAll
  /// The run is over.
  case finished(RunOutcome)
  /// The node was told to close and does not report it. Somebody should look.
  case alarm
}
