/// Why a valve was closed.
public enum ValveEnd: UInt8, Sendable, BitwiseCopyable {
  /// It was told to, or another valve was.
  case command
  /// The time that came with the command was over.
  case duration
  /// The thirty minutes were over.
  case hardLimit
  /// It has been open for as long as a day allows.
  case dailyLimit
  /// The hub was away for too long.
  case hubLost
  /// An output was not as it should be.
  case fault
}
