/// The unit in which an interface of a pcapng file counts time: the option if_tsresol.
struct TimeResolution: Equatable, Sendable {
  /// The option's byte: the exponent, and bit 7 set when it is one of 2 and not of 10.
  let rawValue: UInt8

  static var microseconds: Self { Self(unchecked: 6) }
  static var nanoseconds: Self { Self(unchecked: 9) }

  /// Takes the option's byte; `nil` when the unit is finer than 10⁻¹⁸ or 2⁻⁶³ seconds.
  init?(rawValue: UInt8) {
    guard rawValue & 0x7F <= (rawValue & 0x80 == 0 ? 18 : 63) else { return nil }
    self.rawValue = rawValue
  }

  private init(unchecked rawValue: UInt8) { self.rawValue = rawValue }

  /// The units in a second.
  var unitsPerSecond: UInt64 {
    let exponent = rawValue & 0x7F
    guard rawValue & 0x80 == 0 else { return 1 << UInt64(exponent) }
    return (0..<exponent).reduce(1) { product, _ in product &* 10 }
  }

  /// The time `units` after 1970, and `offset` seconds later.
  func time(_ units: UInt64, offset: Int64 = 0) -> CaptureTime {
    let (seconds, rest) = units.quotientAndRemainder(dividingBy: unitsPerSecond)
    // The rest is less than a second, so that the quotient is less than 10⁹.
    let product = rest.multipliedFullWidth(by: 1_000_000_000)
    let nanoseconds = unitsPerSecond.dividingFullWidth(product).quotient
    return CaptureTime(
      seconds: Int64(bitPattern: seconds) &+ offset,
      nanoseconds: UInt32(truncatingIfNeeded: nanoseconds))
  }

  /// The units of 10⁻⁶ or 10⁻⁹ seconds from 1970 to `time`.
  func units(_ time: CaptureTime) -> UInt64 {
    let fraction = UInt64(time.nanoseconds) / (1_000_000_000 / unitsPerSecond)
    return UInt64(bitPattern: time.seconds) &* unitsPerSecond &+ fraction
  }
}
