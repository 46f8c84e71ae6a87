/// When a packet was captured: the time since the start of 1970 in UTC.
public struct CaptureTime: Equatable, Hashable, Sendable, BitwiseCopyable {
  /// Whole seconds; negative before 1970.
  public var seconds: Int64
  /// What is beyond the whole second: 0 to 999,999,999.
  public var nanoseconds: UInt32

  /// Takes seconds and nanoseconds; a whole second or more of nanoseconds is carried over.
  public init(seconds: Int64, nanoseconds: UInt32 = 0) {
    self.seconds = seconds &+ Int64(nanoseconds / 1_000_000_000)
    self.nanoseconds = nanoseconds % 1_000_000_000
  }
}

extension CaptureTime: Comparable {
  /// Orders by time.
  public static func < (first: Self, second: Self) -> Bool {
    (first.seconds, first.nanoseconds) < (second.seconds, second.nanoseconds)
  }
}

extension CaptureTime: CustomStringConvertible {
  /// The time of day in UTC to the microsecond: `09:05:01.000250`.
  public var description: String {
    let second = Int(((seconds % 86_400) + 86_400) % 86_400)
    let clock = [second / 3600, second / 60 % 60, second % 60].map { padded($0, to: 2) }
    return "\(clock[0]):\(clock[1]):\(clock[2]).\(padded(Int(nanoseconds / 1000), to: 6))"
  }

  /// Seconds since 1970 with nine places: `1700000000.000250000`.
  public var secondsText: String {
    guard seconds < 0, nanoseconds > 0 else {
      return "\(seconds).\(padded(Int(nanoseconds), to: 9))"
    }
    // -0.25 s is stored as second -1 and 750 ms.
    let fraction = padded(Int(1_000_000_000 - nanoseconds), to: 9)
    return "-\((seconds &+ 1).magnitude).\(fraction)"
  }
}

/// A number with leading zeros.
func padded(_ number: Int, to width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}
