/// Why a text is no target, or a target cannot be used: the text itself, and what to do.
public enum TargetError: Error, Equatable, Sendable, CustomStringConvertible {
  /// It begins with none of the six words.
  case unknownKind(String)
  /// The host is no IPv4 address.
  case badAddress(String)
  /// The host is an IPv6 address.
  case unsupportedAddress(String)
  /// The port is no number from 0 to 65535, or 0 where one connects.
  case badPort(String)
  /// The path is empty or longer than 107 bytes.
  case badPath(String)
  /// It was to listen and connects, or the other way round.
  case wrongDirection(String, wantsPassive: Bool)
  /// The program was built without TLS.
  case noTLS(String)
  /// The socket could not be had; the second text says why.
  case failed(String, reason: String)

  /// One sentence for a person.
  public var description: String {
    switch self {
    case .unknownKind(let text):
      "'\(text)' is no target: expected tcp:HOST:PORT, ptcp:PORT:HOST, unix:PATH, punix:PATH, "
        + "ssl:HOST:PORT or pssl:PORT:HOST"
    case .badAddress(let text):
      "'\(text)': the host must be an IPv4 address such as 192.0.2.1; names are not looked up"
    case .unsupportedAddress(let text):
      "'\(text)': IPv6 addresses are not supported here; give an IPv4 address"
    case .badPort(let text):
      "'\(text)': the port must be a number from 1 to 65535 (0 for any, where one listens)"
    case .badPath(let text): "'\(text)': the path must have 1 to 107 bytes"
    case .wrongDirection(let text, wantsPassive: true):
      "'\(text)' connects, and something to listen at was expected: ptcp:, punix: or pssl:"
    case .wrongDirection(let text, wantsPassive: false):
      "'\(text)' listens, and something to connect to was expected: tcp:, unix: or ssl:"
    case .noTLS(let text):
      "'\(text)': this program was built without TLS; use unix: or tcp: inside a network you trust"
    case .failed(let text, let reason): "'\(text)': \(reason)"
    }
  }
}
