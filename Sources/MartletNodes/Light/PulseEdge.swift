/// What three outputs are to be from a moment on.
public struct PulseEdge: Equatable, Sendable, BitwiseCopyable {
  /// The moment, in ticks of the timer since the train's start.
  public let tick: UInt64
  /// The outputs that are on: bit 0 is red, bit 1 green, bit 2 blue.
  public let levels: UInt8
}
