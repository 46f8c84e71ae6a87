internal import MartletFlow

/// Gives each switch the flows that a policy has for it, and no others.
public struct PolicyApplication: ControllerApplication {
  private let policy: Policy

  /// Takes a policy.
  public init(_ policy: Policy) { self.policy = policy }

  /// What one line gets wrong does not keep the others from the switch; the first such line is thrown.
  public mutating func begin(_ bridge: inout BridgeControl) throws(ControllerError) {
    try bridge.deleteFlows()
    var problem: ControllerError?
    for entry in policy.entries {
      guard entry.datapathID == nil || entry.datapathID == bridge.datapathID else { continue }
      do throws(ControllerError) {
        try bridge.addFlow(entry.flow)
      } catch {
        problem =
          problem
          ?? .badLine(file: policy.file, line: entry.line, reason: error.description)
      }
    }
    if let problem { throw problem }
  }
}
