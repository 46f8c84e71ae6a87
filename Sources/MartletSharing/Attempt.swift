/// What became of a call that may have had to wait.
public enum Attempt<Result> {
  /// It was done.
  case done(Result)
  /// It would have had to wait, or longer than it may.
  case notYet
  /// A signal ended the wait.
  case interrupted
  /// The core has ended.
  case ended
  /// The process has no descriptor left to wait by.
  case noDescriptor
}
