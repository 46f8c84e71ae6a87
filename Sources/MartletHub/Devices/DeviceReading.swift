/// What a device has said of itself, never what it was told.
public enum DeviceReading: Equatable, Sendable {
  /// It has said nothing yet.
  case nothing
  /// Which valves are open; bit 0 is A.
  case valves(UInt8)
  /// How a light shines.
  case light(LightReading)
  /// Which inputs are active; bit 0 is the first.
  case inputs(UInt8)
  /// The last bytes of a device that no driver knows: a message's name and its body.
  case raw(String)
}

/// How a light says that it shines.
public struct LightReading: Equatable, Sendable {
  /// Whether it shines.
  public var isOn = false
  /// How bright, 1 to 255.
  public var brightness = 255
  /// Its red part, 0 to 255.
  public var red = 255
  /// Its green part, 0 to 255.
  public var green = 255
  /// Its blue part, 0 to 255.
  public var blue = 255
  /// What it does by itself, such as `breathe`; `none` for nothing.
  public var effect = "none"

  /// A light that is off and white.
  public init() {}

  /// The colour as pages write it: `#ff8800`.
  public var hex: String {
    "#" + [red, green, blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
