/// Why a frame went nowhere.
public enum FlowDrop: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  /// It is no Ethernet frame.
  case malformed
  /// Its port takes none.
  case portDown
  /// No flow was for it.
  case noFlow
  /// A flow said so, or no action sent it.
  case byFlow
  /// Its port does not carry its VLAN.
  case vlan
  /// It was for its own port's side.
  case sameSide
  /// It was for the bridges themselves (01-80-C2-00-00-0x).
  case reserved
  /// A meter's rate was exceeded.
  case meter
  /// Flows led round in circles, or too deep.
  case tooDeep
  /// Its TTL had run out.
  case ttl
  /// No bucket of a group works.
  case group
  /// It would have become too long.
  case tooLong
  /// Its port is blocked, because a loop was found behind it; or it is the probe that shows one.
  case loop
}
