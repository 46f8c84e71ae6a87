/// The drivers that a hub knows.
public struct DeviceRegistry: Sendable {
  private let drivers: [any DeviceDriver.Type]

  /// Takes drivers; where two know a name, the first is asked.
  public init(_ drivers: [any DeviceDriver.Type]) { self.drivers = drivers }

  /// All drivers of this module.
  public static var standard: Self {
    Self([IrrigationDriver.self, LightDriver.self, AlarmDriver.self, PresenceDriver.self])
  }

  /// A driver for a device of this name: one that shows what it says when no other knows it.
  public func driver(for name: String) -> any DeviceDriver {
    (drivers.first { $0.names.contains(name) } ?? RawDriver.self).init()
  }
}
