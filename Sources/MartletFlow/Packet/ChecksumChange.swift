/// Keeps a checksum true when words under it change (RFC 1624, equation 3).
struct ChecksumChange {
  /// What the sum of the words under the checksum grows by, in one's complement, not yet folded.
  private var sum: UInt64 = 0

  /// Whether nothing changed.
  var isZero: Bool { sum == 0 }

  /// One 16-bit word becomes another.
  mutating func replace(_ old: UInt16, by new: UInt16) {
    guard old != new else { return }
    sum += UInt64(~old) + UInt64(new)
  }

  /// The same for two neighbouring words at an even place.
  mutating func replace(_ old: UInt32, by new: UInt32) {
    replace(UInt16(truncatingIfNeeded: old >> 16), by: UInt16(truncatingIfNeeded: new >> 16))
    replace(UInt16(truncatingIfNeeded: old), by: UInt16(truncatingIfNeeded: new))
  }

  /// The checksum afterwards.
  func applied(to checksum: UInt16) -> UInt16 { ~Self.fold(UInt64(~checksum) + sum) }

  /// The sum of a pseudo-header afterwards, which is kept as it is and not as its complement.
  func applied(toSum old: UInt16) -> UInt16 { Self.fold(UInt64(old) + sum) }

  private static func fold(_ sum: UInt64) -> UInt16 {
    var sum = (sum >> 32) + (sum & 0xffff_ffff)
    sum = (sum >> 16) + (sum & 0xffff)
    sum = (sum >> 16) + (sum & 0xffff)
    sum = (sum >> 16) + (sum & 0xffff)
    return UInt16(truncatingIfNeeded: sum)
  }
}
