/// What is known of an alarm input.
public enum InputState: UInt8, Sendable, BitwiseCopyable {
  /// At rest.
  case idle
  /// Triggered.
  case active
  /// It does not come to rest: a loose wire, or somebody at it.
  case fault
}
