/// How much of the stack's fixed memory is in use: what a test compares before and after, and a
/// program shows.
public struct MemoryUse: Equatable, Sendable, BitwiseCopyable {
  /// The blocks, of `Configuration.blockSize` bytes each, that hold data of connections and
  /// datagrams, or are being reassembled.
  public let blockCount: Int
  /// The packets that wait, for an interface or a neighbour's address.
  public let packetCount: Int
  /// The ranges that describe data received out of order and data the peer has acknowledged
  /// selectively.
  public let rangeCount: Int
}

extension Stack {
  /// What is in use now.
  public var memoryUse: MemoryUse {
    MemoryUse(
      blockCount: configuration.blockCount - buffers.blocks.freeCount,
      packetCount: buffers.packetCount,
      rangeCount: configuration.rangeCount + configuration.connectionCount
        - buffers.ranges.freeCount)
  }
}
