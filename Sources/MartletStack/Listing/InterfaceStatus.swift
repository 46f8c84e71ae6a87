public import MartletDevice
internal import MartletWire

/// What is known of one interface at one moment.
public struct InterfaceStatus: Sendable, BitwiseCopyable {
  /// The stack's name for it.
  public let id: InterfaceID
  /// What its device can do.
  public let capabilities: DeviceCapabilities
  /// The longest IP packet it sends, in bytes.
  public let maximumTransmissionUnit: Int
  /// What it has moved.
  public let counters: InterfaceCounters
  /// The packets that wait for transmit slots.
  public let queuedCount: Int
}
