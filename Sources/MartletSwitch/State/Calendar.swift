internal import Glibc

/// The calendar's time.
enum Calendar {
  /// Seconds since 1970.
  static var seconds: Int64 { Int64(time(nil)) }
}
