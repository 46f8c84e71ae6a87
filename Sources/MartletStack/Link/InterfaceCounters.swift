/// What one interface has moved since it was added (RFC 2863's names).
public struct InterfaceCounters: Equatable, Sendable, BitwiseCopyable {
  /// Frames received.
  public var inFrames: UInt64 = 0
  /// Bytes received, link headers included.
  public var inOctets: UInt64 = 0
  /// Frames sent.
  public var outFrames: UInt64 = 0
  /// Bytes sent, link headers included.
  public var outOctets: UInt64 = 0

  /// All counters at zero.
  public init() {}
}
