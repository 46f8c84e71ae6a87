internal import MartletDWN

/// Four valves on active-low outputs, of which at most one is open.
///
/// The only code that touches the pins. Every way through it closes before it opens.
struct ValveBank<Pins: GPIO & ~Copyable>: ~Copyable {
  static var count: Int { ValveCommand.valveCount }

  private(set) var pins: Pins
  private let map: InlineArray<4, UInt8>

  /// The valve that is open, 0 to 3.
  private(set) var open: Int?

  /// Closes everything. The level comes before the direction: no output is low for an instant.
  init(_ pins: consuming Pins, on map: InlineArray<4, UInt8>) {
    self.pins = pins
    self.map = map
    for valve in 0..<Self.count { self.pins.write(.high, to: map[valve]) }
    for valve in 0..<Self.count { self.pins.makeOutput(map[valve]) }
  }

  /// Closes all valves, also those that should be closed.
  mutating func close() {
    for valve in 0..<Self.count { pins.write(.high, to: map[valve]) }
    open = nil
  }

  /// Opens one valve; all are closed before.
  mutating func open(_ valve: Int) {
    close()
    pins.write(.low, to: map[valve])
    open = valve
  }

  /// A valve whose output is not as it should be; `nil` when all are.
  var stuckValve: Int? {
    for valve in 0..<Self.count where (pins.read(map[valve]) == .low) != (open == valve) {
      return valve
    }
    return nil
  }
}
