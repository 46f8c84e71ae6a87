public import MartletReadiness

/// Why something of the host could not be had: what failed, on what, and what to do.
public enum HostError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The process may not do it; the text says how to go on without the privilege.
  case missingPrivilege(String, subject: String, instead: String)
  /// There is no such interface, socket or file.
  case notFound(String, advice: String)
  /// Another process holds it.
  case busy(String)
  /// The interface is there, but of another kind.
  case wrongKind(String, expected: String)
  /// The name, path or number is not one that the system takes.
  case badArgument(String, expected: String)
  /// The host cannot do it.
  case unsupported(String, advice: String)
  /// A system call failed for another reason.
  case system(SystemError, subject: String)

  /// One sentence for a person.
  public var description: String {
    switch self {
    case .missingPrivilege(let privilege, let subject, let instead):
      "\(subject): not permitted without \(privilege); \(instead)"
    case .notFound(let subject, let advice):
      "\(subject): not found; \(advice)"
    case .busy(let subject):
      "\(subject): in use by another process; end that one or choose another name"
    case .wrongKind(let subject, let expected):
      "\(subject): not \(expected); remove it or choose another name"
    case .badArgument(let subject, let expected):
      "\(subject): expected \(expected)"
    case .unsupported(let subject, let advice):
      "\(subject): not supported here; \(advice)"
    case .system(let error, let subject):
      "\(subject): \(error)"
    }
  }
}
