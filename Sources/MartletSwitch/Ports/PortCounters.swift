/// What a port has moved, and what it could not.
public struct PortCounters: Equatable, Sendable, BitwiseCopyable {
  /// The frames received.
  public internal(set) var receivedFrames: UInt64 = 0
  /// Their bytes.
  public internal(set) var receivedBytes: UInt64 = 0
  /// The frames that came malformed, or not from the tunnel's peer.
  public internal(set) var receiveErrors: UInt64 = 0
  /// The frames that were received and had no room.
  public internal(set) var receiveDrops: UInt64 = 0
  /// The frames sent.
  public internal(set) var sentFrames: UInt64 = 0
  /// Their bytes.
  public internal(set) var sentBytes: UInt64 = 0
  /// The frames that the device had no room for.
  public internal(set) var transmitDrops: UInt64 = 0
  /// The frames that the device refused: it is down, say.
  public internal(set) var transmitErrors: UInt64 = 0
  /// The frames that were too long for the port.
  public internal(set) var tooLong: UInt64 = 0
  /// The frames whose checksum or segmentation was described wrongly.
  public internal(set) var badOffload: UInt64 = 0
  /// The answers "fragmentation needed" that were sent.
  public internal(set) var tooBigAnswers: UInt64 = 0
  /// The TCP openings whose maximum segment size was lowered.
  public internal(set) var clampedOpenings: UInt64 = 0

  /// Nothing yet.
  public init() {}
}

extension PortCounters {
  /// What both have moved.
  static func + (first: Self, second: Self) -> Self {
    var sum = first
    sum.receivedFrames &+= second.receivedFrames
    sum.receivedBytes &+= second.receivedBytes
    sum.receiveErrors &+= second.receiveErrors
    sum.receiveDrops &+= second.receiveDrops
    sum.sentFrames &+= second.sentFrames
    sum.sentBytes &+= second.sentBytes
    sum.transmitDrops &+= second.transmitDrops
    sum.transmitErrors &+= second.transmitErrors
    sum.tooLong &+= second.tooLong
    sum.badOffload &+= second.badOffload
    sum.tooBigAnswers &+= second.tooBigAnswers
    sum.clampedOpenings &+= second.clampedOpenings
    return sum
  }
}
