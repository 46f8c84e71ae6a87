/// Red, green and blue as people name them: 0 to 255 each, in equal steps for the eye.
public struct LightColor: Equatable, Hashable, Sendable, BitwiseCopyable {
  /// The red part.
  public var red: UInt8
  /// The green part.
  public var green: UInt8
  /// The blue part.
  public var blue: UInt8

  /// Takes the three parts.
  public init(red: UInt8, green: UInt8, blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// All there is.
  public static var white: Self { Self(red: 255, green: 255, blue: 255) }
}
