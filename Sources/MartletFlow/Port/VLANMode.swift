/// Which VLANs a port carries under `normal`, and how.
public enum VLANMode: Equatable, Sendable {
  /// Frames without a tag belong to this VLAN and leave without; frames with a tag are refused.
  case access(UInt16)
  /// Frames with a tag belong to its VLAN; without they belong to none (0).
  case trunk(VLANSet)
  /// A trunk on which frames without a tag belong to a VLAN of its own.
  case native(UInt16, leavesTagged: Bool, VLANSet)

  /// A trunk of all VLANs, or of none.
  public static func trunk(all: Bool) -> Self { .trunk(VLANSet(all: all)) }

  /// The VLAN that a frame belongs to; `nil` refuses it.
  func vlan(ofTCI tci: UInt16) -> UInt16? {
    let tagged = tci & 0x1000 != 0 ? tci & 0xfff : 0
    switch self {
    case .access(let own): return tagged == 0 ? own : nil
    case .trunk(let set): return set.contains(tagged) ? tagged : nil
    case .native(let own, _, let set):
      if tagged == 0 { return own }
      return tagged == own || set.contains(tagged) ? tagged : nil
    }
  }

  /// Whether frames of a VLAN leave here, and with the tag or without.
  func egress(of vlan: UInt16) -> Egress? {
    switch self {
    case .access(let own): return vlan == own ? .untagged : nil
    case .trunk(let set):
      if vlan == 0 { return .untagged }
      return set.contains(vlan) ? .tagged : nil
    case .native(let own, let leavesTagged, let set):
      if vlan == own { return leavesTagged ? .tagged : .untagged }
      if vlan == 0 { return .untagged }
      return set.contains(vlan) ? .tagged : nil
    }
  }

  /// How a frame leaves.
  enum Egress { case tagged, untagged }
}
