/// How an idle peer is probed (RFC 9293, 3.8.4; defaults as deployed).
public struct KeepAlive: Equatable, Sendable, BitwiseCopyable {
  /// Seconds without a sign of life before the first probe.
  public var idleSeconds: UInt16 = 7200
  /// Seconds between probes.
  public var intervalSeconds: UInt16 = 75
  /// Unanswered probes before the connection is given up.
  public var probeCount: UInt8 = 9

  /// Two hours, 75 seconds, nine probes.
  public init() {}
}
