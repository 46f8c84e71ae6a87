internal import MartletDevice

extension CaptureTime {
  /// The time of day when a clock shows `instant` that stood at zero at this time.
  func advanced(to instant: Instant) -> CaptureTime {
    let (seconds, rest) = instant.microseconds.quotientAndRemainder(dividingBy: 1_000_000)
    let nanoseconds = Int64(nanoseconds) + rest * 1000
    // A clock may show a time before its zero.
    let isBefore = nanoseconds < 0
    return CaptureTime(
      seconds: self.seconds &+ seconds &- (isBefore ? 1 : 0),
      nanoseconds: UInt32(truncatingIfNeeded: nanoseconds + (isBefore ? 1_000_000_000 : 0)))
  }
}

extension LinkType {
  /// What the frames of a device begin with.
  init(_ medium: DeviceCapabilities.Medium) {
    switch medium {
    case .ethernet: self = .ethernet
    case .ip: self = .raw
    }
  }
}
