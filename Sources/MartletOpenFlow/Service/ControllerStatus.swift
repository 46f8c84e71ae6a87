public import MartletTargets

/// How a controller of a bridge does.
public struct ControllerStatus: Equatable, Sendable {
  /// Where it is, or comes in.
  public let target: Target
  /// What its connections have agreed on, one each: several where it comes in by a passive target.
  public let connections: [Connection]
  /// Why there is none, as far as is known.
  public let problem: String?

  /// A connection whose version is agreed.
  public struct Connection: Equatable, Sendable {
    /// The version that is spoken.
    public let version: OpenFlowVersion
    /// What it may do.
    public let role: ControllerRole
  }

  /// The highest role of its connections.
  public var role: ControllerRole {
    let roles = connections.map(\.role)
    return roles.contains(.master)
      ? .master : roles.contains(.equal) ? .equal : roles.first ?? .equal
  }
}
