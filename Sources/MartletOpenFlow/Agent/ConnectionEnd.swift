/// Why an agent lets a connection go.
public enum ConnectionEnd: Equatable, Sendable, CustomStringConvertible {
  /// No version that both speak.
  case noCommonVersion
  /// A header that cannot be: where the next message begins is not known.
  case badFraming
  /// Nothing came, not even an answer to an echo.
  case silent
  /// It does not read what it is sent.
  case slowReader

  /// What whoever runs the switch reads.
  public var description: String {
    switch self {
    case .noCommonVersion: "it speaks neither OpenFlow 1.0 nor 1.3"
    case .badFraming: "it sent a message shorter than its header"
    case .silent: "it did not answer an echo request"
    case .slowReader: "it does not read what it is sent"
    }
  }
}
