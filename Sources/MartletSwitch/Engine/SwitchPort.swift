internal import MartletDevice
internal import MartletFlow

/// A port as the engine has it: what it is to be, what carries it, why it does not work.
final class SwitchPort {
  var configuration: PortConfiguration
  unowned let bridge: SwitchBridge
  /// What carries its frames; `nil` while it cannot be opened, and for patch ports.
  var link: PortLink?
  /// The other end of a patch port.
  weak var peer: SwitchPort?
  /// Why it does not work.
  var error: String? {
    didSet { if (error == nil) != (oldValue == nil) { bridge.update(self) } }
  }
  /// Why it carries nothing though it works, as was told last.
  var block: String?
  /// When opening it is tried again.
  var nextTry: Instant?
  /// Who captures what crosses it; `nil` most of the time.
  var capture: (any CaptureSink)?
  /// Whether frames wait in it for the end of the burst.
  var isDirty = false

  init(_ configuration: PortConfiguration, of bridge: SwitchBridge) {
    self.configuration = configuration
    self.bridge = bridge
  }

  var name: String { configuration.name }
  /// Its number, the bridge's own included.
  var number: PortNumber {
    configuration.number == PortConfiguration.localNumber
      ? .local : PortNumber(UInt32(configuration.number))
  }
}
