/// The voltage of a pin.
public enum PinLevel: UInt8, Sendable, BitwiseCopyable {
  /// Ground.
  case low
  /// The supply.
  case high
}
