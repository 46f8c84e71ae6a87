/// What stands between digest and name in lists of digests. One run keeps to one form: in the other a
/// name could hide a leading space or asterisk, and somebody's list rename files.
public enum ChecksumSeparator: Sendable {
  /// No line has shown it yet.
  case unknown
  /// A space, then a space or the asterisk of binary mode.
  case twoCharacters
  /// One space or tab.
  case oneCharacter
}
