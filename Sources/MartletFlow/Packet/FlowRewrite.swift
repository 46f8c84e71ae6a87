/// New values of fields of a frame.
struct FlowRewrite: Equatable, Sendable, BitwiseCopyable {
  let key: FlowKey
  /// The bits that are given new values.
  let mask: FlowMask
  /// What the frame is, which says where its fields lie.
  var etherType: UInt16 { UInt16(truncatingIfNeeded: key[.etherType]) }
  var ipProtocol: UInt8 { UInt8(truncatingIfNeeded: key[.ipProtocol]) }

  /// A field's new value, given its old one.
  func merged(_ field: Field, _ old: UInt64) -> UInt64 {
    let bits = UInt64(truncatingIfNeeded: mask[field])
    return old & ~bits | UInt64(truncatingIfNeeded: key[field]) & bits
  }

  func word32(_ field: Field, _ old: UInt32) -> UInt32 {
    UInt32(truncatingIfNeeded: merged(field, UInt64(old)))
  }

  func byte(_ field: Field, _ old: UInt8) -> UInt8 {
    UInt8(truncatingIfNeeded: merged(field, UInt64(old)))
  }

  /// DSCP and ECN together.
  func trafficClass(_ old: UInt8) -> UInt8 {
    let dscp = merged(.ipDSCP, UInt64(old >> 2))
    let ecn = merged(.ipECN, UInt64(old & 3))
    return UInt8(truncatingIfNeeded: dscp << 2 | ecn)
  }
}
