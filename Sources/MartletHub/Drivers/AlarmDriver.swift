/// Two inputs. That such a node is silent is a fault.
public struct AlarmDriver: DeviceDriver {
  /// The first hub's name.
  public static var names: [String] { ["ESP8266 ALARM PGM"] }
  /// Inputs.
  public static var kind: DeviceKind { .alarm }

  /// What it has said last.
  public private(set) var reading = DeviceReading.nothing

  /// Nothing is known.
  public init() {}

  /// Takes a mask.
  public mutating func take(_ message: DeviceMessage) -> Bool {
    guard case .mask(let mask) = message else { return false }
    reading = .inputs(mask)
    return true
  }

  /// It takes no commands.
  public func bytes(for command: DeviceCommand, takesDuration: Bool) -> [UInt8]? { nil }
}
