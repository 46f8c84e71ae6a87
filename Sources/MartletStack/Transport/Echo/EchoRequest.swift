public import MartletWire

/// One echo request to a host which this one is not, its payload in the reader's buffer.
public struct EchoRequest: Equatable, Sendable, BitwiseCopyable {
  /// Who asks.
  public let source: IPv4Address
  /// Who is asked.
  public let destination: IPv4Address
  /// What tells the asker's requests from others'.
  public let identifier: UInt16
  /// Its number among them.
  public let sequence: UInt16
  /// The time to live that was left to it.
  public let timeToLive: UInt8
  /// The payload's length in bytes. What did not fit into the buffer is gone.
  public let length: Int

  /// Takes all parts.
  public init(
    source: IPv4Address, destination: IPv4Address, identifier: UInt16, sequence: UInt16,
    timeToLive: UInt8, length: Int
  ) {
    self.source = source
    self.destination = destination
    self.identifier = identifier
    self.sequence = sequence
    self.timeToLive = timeToLive
    self.length = length
  }
}
