/// Why a switch did not do what it was asked for.
public enum SwitchError: Error, Equatable, Sendable, CustomStringConvertible {
  /// There is no bridge or port of that name; the text tells which there are.
  case unknown(String)
  /// What was asked for contradicts itself or what is there.
  case invalid(String)
  /// The state could not be written; nothing has changed.
  case state(StateError)
  /// The flows were changed, and could not be written.
  case flowsNotKept(StateError)

  /// One sentence for a person.
  public var description: String {
    switch self {
    case .unknown(let text), .invalid(let text): text
    case .state(let error): "nothing was changed: \(error)"
    case .flowsNotKept(let error):
      "done, but lost with the next restart, for it could not be written: \(error)"
    }
  }
}
