/// What a kind of device means by what it says, and how it is told what to do.
///
/// A driver is found by the name that a node announces itself with. A new kind of device is a new
/// file like those beside this one, and its type's name in ``DeviceRegistry/standard``.
public protocol DeviceDriver: Sendable {
  /// The names that nodes of this kind announce.
  static var names: [String] { get }
  /// What kind it is.
  static var kind: DeviceKind { get }

  /// A device of which nothing is known.
  init()

  /// Takes a message; false when it makes no sense from such a device.
  mutating func take(_ message: DeviceMessage) -> Bool

  /// What the device has said last.
  var reading: DeviceReading { get }

  /// The bytes of a command for a node that takes a time with it, or not; `nil` when such a device
  /// knows no such command.
  func bytes(for command: DeviceCommand, takesDuration: Bool) -> [UInt8]?
}

/// What kind a device is, for those who show it.
public enum DeviceKind: String, CaseIterable, Sendable {
  /// Four valves.
  case irrigation
  /// A light.
  case light
  /// Inputs that must not be silent.
  case alarm
  /// Says that somebody is here.
  case presence
  /// No driver knows it.
  case unknown
}
