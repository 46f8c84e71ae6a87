public import MartletDevice

/// The two inputs of an alarm node, active low.
public struct AlarmInputs<Pins: GPIO & ~Copyable>: ~Copyable {
  private let pins: Pins
  private let map: InlineArray<2, UInt8>
  private var inputs: InlineArray<2, AlarmInput>

  /// Whether something has changed since `takeChange`.
  public private(set) var hasChanged = false

  /// Looks at the inputs for the first time.
  public init(pins: consuming Pins, on map: InlineArray<2, UInt8>, now: Instant) {
    let first = AlarmInput(isActive: pins.read(map[0]) == .low, now: now)
    let second = AlarmInput(isActive: pins.read(map[1]) == .low, now: now)
    inputs = [first, second]
    self.pins = pins
    self.map = map
  }

  /// What is known of an input, 0 or 1.
  public func state(of input: Int) -> InputState { inputs[input].state }

  /// The inputs as a mask: bit 0 is the first, set while it is active. A fault counts as active:
  /// who holds a wire must not be able to silence it.
  public var mask: UInt8 {
    (inputs[0].state == .idle ? 0 : 1) | (inputs[1].state == .idle ? 0 : 2)
  }

  /// The inputs that are at fault, as a mask.
  public var faults: UInt8 {
    (inputs[0].state == .fault ? 1 : 0) | (inputs[1].state == .fault ? 2 : 0)
  }

  /// Looks at the inputs: called when a pin changes, and at `nextDeadline`.
  public mutating func poll(now: Instant) {
    for input in 0..<2
    where inputs[input].sample(isActive: pins.read(map[input]) == .low, now: now) {
      hasChanged = true
    }
  }

  /// Whether something has changed since it was last asked.
  public mutating func takeChange() -> Bool {
    defer { hasChanged = false }
    return hasChanged
  }

  /// When to look again at the latest; `nil` while all rest.
  public var nextDeadline: Instant? {
    earliest(inputs[0].nextDeadline, inputs[1].nextDeadline)
  }
}
