/// Packets in the order in which they came, linked through `Buffers`.
///
/// Not copyable: its packets have one owner.
struct PacketQueue: ~Copyable {
  /// The first packet's node, or `BlockPool.none`.
  var head = BlockPool.none
  /// The last packet's node, or `BlockPool.none`.
  var tail = BlockPool.none
  /// The packets waiting.
  var count = 0
  /// Their bytes.
  var byteCount = 0

  /// A queue without packets.
  init() {}

  /// Whether nothing waits.
  var isEmpty: Bool { count == 0 }

  /// Moves the queue out and leaves an empty one.
  mutating func take() -> PacketQueue {
    let taken = self
    self = PacketQueue()
    return taken
  }
}
