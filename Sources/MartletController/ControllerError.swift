/// What a controller could not say, or read.
public enum ControllerError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A text is no flow; the second says why.
  case badFlow(String, reason: String)
  /// The version that the switch speaks has no words for a flow.
  case unsayable(String, version: String)
  /// A frame or its actions are longer than a message.
  case tooLong
  /// A line of a file is wrong.
  case badLine(file: String, line: Int, reason: String)

  /// One sentence for a person.
  public var description: String {
    switch self {
    case .badFlow(let text, let reason): "'\(text)': \(reason)"
    case .unsayable(let flow, let version):
      "'\(flow)': OpenFlow \(version) has no words for it; let the switch speak another version"
    case .tooLong: "a frame with its actions does not fit a message"
    case .badLine(let file, let line, let reason): "\(file):\(line): \(reason)"
    }
  }
}
