/// What a name server has done so far, and left undone by reason.
public struct DNSServerCounters: Equatable, Sendable, BitwiseCopyable {
  /// Questions answered from its own names, those without any such name included.
  public internal(set) var answered: UInt64 = 0
  /// Questions handed to the owner.
  public internal(set) var forwarded: UInt64 = 0
  /// Questions that the owner failed to answer, or not in time.
  public internal(set) var failed: UInt64 = 0
  /// Questions of a kind that is refused.
  public internal(set) var refused: UInt64 = 0
  /// Messages that are no questions.
  public internal(set) var malformed: UInt64 = 0
  /// Questions and connections for which there was no room.
  public internal(set) var crowded: UInt64 = 0
  /// Answers that the stack had no room for.
  public internal(set) var unsent: UInt64 = 0
}
