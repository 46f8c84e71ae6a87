/// Why a connection ended.
public enum SessionEnd: Error, Equatable, Sendable, CustomStringConvertible {
  /// The bytes were no JSON.
  case badJSON(JSONSyntaxError)
  /// The JSON was no message.
  case badMessage(String)
  /// The client did not read, and was told of too much.
  case slowReader(byteCount: Int)
  /// The client did not answer.
  case silent
  /// There are too many connections.
  case tooManySessions(limit: Int)
  /// The client closed.
  case closed

  /// One sentence for a person.
  public var description: String {
    switch self {
    case .badJSON(let error): "it sent no JSON: \(error)"
    case .badMessage(let reason): "it sent no JSON-RPC message: \(reason)"
    case .slowReader(let count): "it did not read: \(count) bytes wait for it"
    case .silent: "it did not answer"
    case .tooManySessions(let limit): "there are \(limit) connections already"
    case .closed: "it closed"
    }
  }
}
