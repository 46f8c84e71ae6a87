/// One datagram as a UDP socket received it, its bytes in the reader's buffer.
public struct ReceivedDatagram: Equatable, Sendable, BitwiseCopyable {
  /// Who sent it.
  public let source: Endpoint
  /// Where it was sent to: an address of this host, a broadcast address or a group; on an interface
  /// that accepts every destination, any.
  public let destination: Endpoint
  /// The interface that it came by.
  public let interface: InterfaceID
  /// The time to live that was left to it.
  public let timeToLive: UInt8
  /// The datagram's length in bytes. What did not fit into the buffer is gone.
  public let length: Int
}
