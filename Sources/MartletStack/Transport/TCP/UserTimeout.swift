internal import MartletDevice

/// The user timeout option (RFC 5482, section 2.1).
enum UserTimeout {
  /// A granularity bit and 15 bits: seconds, or minutes rounded up where seconds find no room.
  static func option(_ timeout: Interval) -> UInt16 {
    let seconds = max(1, (timeout.microseconds + 999_999) / 1_000_000)
    guard seconds > 0x7FFF else { return UInt16(truncatingIfNeeded: seconds) }
    return 0x8000 | UInt16(truncatingIfNeeded: min((seconds + 59) / 60, 0x7FFF))
  }
}
