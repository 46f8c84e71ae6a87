internal import MartletDWN

/// Four valves, of which the node opens one at a time.
public struct IrrigationDriver: DeviceDriver {
  /// The article's name, and the later one of the first hub.
  public static var names: [String] { ["IRRIGATION_CONTROLLER", "ESP8266 IRRIGATION CONTROLLER"] }
  /// Four valves.
  public static var kind: DeviceKind { .irrigation }

  /// What it has said last.
  public private(set) var reading = DeviceReading.nothing

  /// Nothing is known.
  public init() {}

  /// Takes a mask. Objects are events: they are told, and change nothing.
  public mutating func take(_ message: DeviceMessage) -> Bool {
    if case .mask(let mask) = message { reading = .valves(mask & 15) }
    return true
  }

  /// Two bytes. The node counts whole minutes; seconds are the hub's to count.
  public func bytes(for command: DeviceCommand, takesDuration: Bool) -> [UInt8]? {
    let valves: ValveCommand
    switch command {
    case .closeAll: valves = .closeAll
    case .open(let valve, let seconds):
      let minutes = min(30, max(1, (seconds + 59) / 60))
      valves = .open(valve, minutes: takesDuration ? minutes : nil)
    case .light: return nil
    }
    return valves.bytes.map { [$0.subject, $0.action] }
  }
}
