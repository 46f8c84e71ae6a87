/// Which VLANs a port carries, and how.
public struct VLANConfiguration: Equatable, Sendable {
  /// How tags are dealt with.
  public enum Mode: String, Sendable, CaseIterable {
    /// One VLAN, without tags.
    case access
    /// Several VLANs, all with tags.
    case trunk
    /// A trunk whose own VLAN leaves with its tag.
    case nativeTagged = "native-tagged"
    /// A trunk whose own VLAN leaves without.
    case nativeUntagged = "native-untagged"
  }

  /// `nil` follows from the others: access with a tag, trunk without.
  public var mode: Mode?
  /// The port's own VLAN, 1 to 4094; `nil` is none.
  public var tag: UInt16?
  /// What a trunk carries; empty is all.
  public var trunks: [UInt16] = []

  /// A trunk of all VLANs.
  public init() {}

  /// The mode that holds.
  public var effectiveMode: Mode { mode ?? (tag == nil ? .trunk : .access) }
}
