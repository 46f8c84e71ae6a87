/// The pins of a board. After a reset every pin is an input.
public protocol GPIO: ~Copyable {
  /// Sets the level that a pin has as an output: at once, or from `makeOutput` on.
  mutating func write(_ level: PinLevel, to pin: UInt8)

  /// Makes a pin an output with the level that was last written.
  mutating func makeOutput(_ pin: UInt8)

  /// The level that a pin has, also as an output: a short circuit shows here.
  func read(_ pin: UInt8) -> PinLevel
}
