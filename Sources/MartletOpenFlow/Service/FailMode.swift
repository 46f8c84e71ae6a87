/// What a bridge does while none of its controllers answers.
public enum FailMode: Sendable {
  /// It learns and forwards by itself; the flows that it had are set aside, and come back.
  case standalone
  /// It keeps to the flows it has.
  case secure
}
