/// One call that a device answered, as a `TracingDevice` tells it.
public enum DeviceEvent: Equatable, Sendable, BitwiseCopyable {
  /// `count` frames of at most `budget` were received.
  case received(count: Int, budget: Int)
  /// `lent` slots of `asked` were lent; 0 says that the device was full.
  case reserved(lent: Int, asked: Int)
  /// `count` frames were committed.
  case committed(count: Int)
  /// The time was moved on, to this.
  case advanced(Instant)
}
