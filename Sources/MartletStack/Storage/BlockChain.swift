/// Bytes in a row of blocks of one `BlockPool`.
///
/// It is not copyable, so that a row has one owner, who gives it back by `BlockPool.release`.
struct BlockChain: ~Copyable {
  /// The first block, or `BlockPool.none`.
  var head = BlockPool.none
  /// The last block, or `BlockPool.none`.
  var tail = BlockPool.none
  /// The bytes in all blocks.
  var length: Int32 = 0
  /// The blocks in the row, which is what is charged.
  var blockCount: Int32 = 0

  /// A row without bytes.
  init() {}

  /// Whether there are no bytes.
  var isEmpty: Bool { length == 0 }
  /// The bytes in all blocks.
  var byteCount: Int { Int(length) }

  /// Moves the row out and leaves an empty one.
  mutating func take() -> BlockChain {
    let taken = self
    self = BlockChain()
    return taken
  }
}
