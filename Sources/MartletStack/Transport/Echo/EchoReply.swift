public import MartletWire

/// One reply to an echo request, its payload in the reader's buffer.
public struct EchoReply: Equatable, Sendable, BitwiseCopyable {
  /// Who replied.
  public let source: IPv4Address
  /// The sequence number of the request.
  public let sequence: UInt16
  /// The time to live that was left to the reply.
  public let timeToLive: UInt8
  /// The payload's length in bytes. What did not fit into the buffer is gone.
  public let length: Int
}
