/// Why a switch did not do what it was asked for.
public enum SwitchError: Error, Equatable, Sendable, CustomStringConvertible {
  /// There is no bridge or port of that name; the text tells which there are.
  case unknown(String)
  /// What was asked for contradicts itself or what is there.
  case invalid(String)
  /// The state could not be written; nothing has changed.
  case state(StateError)

  /// One sentence for a person.
  public var description: String {
    switch self {
    case .unknown(let text), .invalid(let text): text
    case .state(let error): "nothing was changed: \(error)"
    }
  }
}
