public import MartletDevice

/// What a user may set for one connection, or for those that a listener takes.
public struct ConnectionOptions: Sendable, BitwiseCopyable {
  /// Sends small segments at once (TCP_NODELAY).
  public var noDelay = false
  /// Holds segments that are not full back until this is taken off or sending ends (TCP_CORK).
  public var isCorked = false
  /// Probes an idle peer; `nil` leaves it alone.
  public var keepAlive: KeepAlive?
  /// How long sent data may stay unacknowledged (RFC 5482); `nil` for 15 time-outs in a row.
  public var userTimeout: Interval?
  /// Whether the peer is told `userTimeout`, and the longer of both sides' applies, 100 seconds to
  /// an hour (the user timeout option of RFC 5482).
  public var exchangesUserTimeout = false
  /// The congestion control; `nil` for the stack's.
  public var congestionControl: CongestionControl?
  /// The bytes that may wait unsent or unacknowledged; `nil` for the stack's.
  public var sendBufferLimit: Int?
  /// The bytes that may wait unread; `nil` for the stack's, with auto-tuning.
  public var receiveBufferLimit: Int?
  /// The largest segment to send or ask for, 88 to 65,495; `nil` for what the path allows.
  public var maximumSegmentSize: UInt16?
  /// The time to live; `nil` for the stack's.
  public var timeToLive: UInt8?
  /// The type-of-service byte, its two ECN bits ignored.
  public var typeOfService: UInt8 = 0

  /// The stack's defaults.
  public init() {}
}
