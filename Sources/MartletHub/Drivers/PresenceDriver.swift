/// A beacon: that it is there is all it says.
public struct PresenceDriver: DeviceDriver {
  /// Our own name: the first hub had no such driver.
  public static var names: [String] { ["DWN PRESENCE"] }
  /// A beacon.
  public static var kind: DeviceKind { .presence }

  /// It says nothing.
  public var reading: DeviceReading { .nothing }

  /// Nothing is known.
  public init() {}

  /// Takes nothing.
  public mutating func take(_ message: DeviceMessage) -> Bool { false }

  /// It takes no commands.
  public func bytes(for command: DeviceCommand, takesDuration: Bool) -> [UInt8]? { nil }
}
