import MartletDevice
import MartletNodes

/// How a device of a home stands at one moment, for who stands before it.
struct DeviceStanding: Equatable, Sendable {
  /// What its outputs and inputs do.
  enum Reading: Equatable, Sendable {
    /// The open valve, 0 for A, and when it closes by itself.
    case valves(open: Int?, until: Instant?, isStuck: Bool)
    /// What is to be seen of a light.
    case light(LightLevels)
    /// The inputs that are active, as a mask.
    case inputs(UInt8)
    /// A beacon has nothing to show.
    case beacon
  }

  var reading: Reading
  /// Whether a hub is connected.
  var hasHub = false
  /// Whether that hub has proved to hold the key.
  var isProved = false
  var isPaired = false
  /// When the pairing window closes; `nil` while none is open.
  var pairingEnd: Instant?
  var time: Instant
}

/// A device that can be looked at.
protocol VisibleDevice: NodeDevice, ~Copyable {
  /// What its outputs and inputs do.
  func reading(now: Instant) -> DeviceStanding.Reading
}

extension IrrigationController: VisibleDevice where Pins: ~Copyable, Memory: ~Copyable {
  func reading(now: Instant) -> DeviceStanding.Reading {
    .valves(open: openValve?.valve, until: openValve?.deadline, isStuck: stuckValve != nil)
  }
}

extension AlarmInputs: VisibleDevice where Pins: ~Copyable {
  func reading(now: Instant) -> DeviceStanding.Reading { .inputs(mask) }
}

extension PresenceBeacon: VisibleDevice {
  func reading(now: Instant) -> DeviceStanding.Reading { .beacon }
}
