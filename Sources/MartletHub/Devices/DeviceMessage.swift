/// What came from a device.
public enum DeviceMessage: Equatable, Sendable {
  /// How it stands, as a mask.
  case mask(UInt8)
  /// An object.
  case object([UInt8])
}
