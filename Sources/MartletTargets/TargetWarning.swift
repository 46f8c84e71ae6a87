/// What is risky about a target that works.
public enum TargetWarning: Hashable, Sendable, CustomStringConvertible {
  /// Plain TCP that leaves the host: whoever is on the way reads and changes it.
  case plainBeyondLoopback(Target)

  /// One sentence for a person.
  public var description: String {
    switch self {
    case .plainBeyondLoopback(let target) where target.isPassive:
      "\(target): anybody who reaches this address controls the switch, unencrypted and without a "
        + "password; bind it to 127.0.0.1 or keep it in a network you trust"
    case .plainBeyondLoopback(let target):
      "\(target): the connection leaves this host unencrypted; whoever is on the way reads and "
        + "changes it"
    }
  }
}
