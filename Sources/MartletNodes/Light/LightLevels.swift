/// How bright each of three channels looks, 0 to 65,535.
public struct LightLevels: Equatable, Sendable, BitwiseCopyable {
  /// The channels, red first.
  public var red: UInt16, green: UInt16, blue: UInt16

  /// Takes the three channels.
  public init(red: UInt16, green: UInt16, blue: UInt16) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// Darkness.
  public static var black: Self { Self(red: 0, green: 0, blue: 0) }

  /// A colour at a brightness. What is neither black nor dark has some level.
  init(_ color: LightColor, brightness: UInt8) {
    func level(_ part: UInt8) -> UInt16 {
      UInt16(truncatingIfNeeded: UInt32(part) * UInt32(brightness) * 257 / 255)
    }
    self.init(red: level(color.red), green: level(color.green), blue: level(color.blue))
  }

  /// Each channel changed alike.
  func mapped(_ change: (UInt16) -> UInt16) -> Self {
    Self(red: change(red), green: change(green), blue: change(blue))
  }

  /// A part of the way to others: `numerator` of `denominator`, which is above 0.
  func moved(to other: Self, _ numerator: Int64, of denominator: Int64) -> Self {
    func between(_ from: UInt16, _ to: UInt16) -> UInt16 {
      let way = (Int64(to) - Int64(from)) * numerator / denominator
      return UInt16(clamping: Int64(from) + way)
    }
    return Self(
      red: between(red, other.red), green: between(green, other.green),
      blue: between(blue, other.blue))
  }
}
