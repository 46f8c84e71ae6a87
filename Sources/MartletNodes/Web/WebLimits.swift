public import MartletDevice
public import MartletHTTP

/// How much a web server gives to its clients, and for how long.
public struct WebLimits: Sendable {
  /// The connections served at once. When there are more the one longest idle makes room; when none
  /// is idle the others wait in the listener.
  public var connectionCount = 1024
  /// The bytes of one piece of an answer, 512 or more. A third of a connection's send buffer must
  /// hold it. While the stack has little memory left pieces are as long as there is room.
  public var pieceLength = 16_384
  /// How much of a request is taken.
  public var request = Limits()
  /// How long a connection may be idle between requests.
  public var idleTime = Interval.seconds(30)
  /// How long a request may take to arrive, from its first byte to its last.
  public var requestTime = Interval.seconds(10)
  /// How long a client may take no byte of an answer.
  public var stallTime = Interval.seconds(20)
  /// How long a client may take to close after the last answer.
  public var lingerTime = Interval.seconds(2)

  /// The limits of a host.
  public init() {}

  /// The bytes that an answer's head, and the least that a site appends, must fit in: the stack's
  /// blocks must be no smaller.
  static var smallestPieceLength: Int { 512 }

  /// The limits of a small machine, which fit `Configuration.small`.
  public static var small: Self {
    var small = Self()
    small.connectionCount = 8
    small.pieceLength = 2048
    small.request.headLength = 1024
    return small
  }
}
