/// What somebody wants of a device.
public enum DeviceCommand: Equatable, Sendable {
  /// Close every valve.
  case closeAll
  /// Open a valve, 0 for A, for so many seconds, 1 to 1,800.
  case open(valve: Int, seconds: Int)
  /// Change a light; what is `nil` stays.
  case light(LightChange)
}

/// What is to change of a light; what is `nil` stays.
public struct LightChange: Equatable, Sendable {
  /// Whether it is to shine.
  public var isOn: Bool?
  /// How bright, 1 to 255.
  public var brightness: Int?
  /// Red, green and blue, 0 to 255 each.
  public var color: [Int]?
  /// What it is to do by itself: `none`, `fade`, `breathe` or `sunrise`.
  public var effect: String?
  /// How long the change takes, in milliseconds, 0 to 60,000.
  public var milliseconds: Int?

  /// Changes nothing.
  public init() {}
}
