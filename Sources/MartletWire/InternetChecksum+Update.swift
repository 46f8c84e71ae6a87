// Incremental update, for a router or a translator that changes a field of a packet it did not
// make: the checksum stays as right or as wrong as it was.

extension InternetChecksum {
  /// The checksum after one 16-bit field has changed (RFC 1624, equation 3).
  ///
  /// All arguments are in the host's order; the field must lie at an even offset. A UDP checksum
  /// of 0 ("none") is the caller's to leave alone.
  @inlinable
  public static func updated(
    _ checksum: UInt16, replacing old: UInt16, with new: UInt16
  ) -> UInt16 {
    updated(checksum, by: UInt32(~old) &+ UInt32(new))
  }

  /// The checksum after one 32-bit field has changed, an IPv4 address say (RFC 1624).
  @inlinable
  public static func updated(
    _ checksum: UInt16, replacing old: UInt32, with new: UInt32
  ) -> UInt16 {
    let removed = (~old >> 16) &+ (~old & 0xFFFF)
    return updated(checksum, by: removed &+ (new >> 16) &+ (new & 0xFFFF))
  }

  /// `HC' = ~(~HC + ~m + m')`, `change` being the last two terms.
  @inlinable
  static func updated(_ checksum: UInt16, by change: UInt32) -> UInt16 {
    var sum = UInt32(~checksum) &+ change
    sum = (sum & 0xFFFF) &+ sum >> 16
    sum = (sum & 0xFFFF) &+ sum >> 16
    return ~UInt16(truncatingIfNeeded: sum)
  }
}
