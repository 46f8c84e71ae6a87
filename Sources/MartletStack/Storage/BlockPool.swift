internal import MartletWire

/// Fixed-size blocks from one allocation: the only memory that holds bytes of packets and streams.
///
/// A block's bytes lie between its `start` and its `end`, so that rows are cut at the front and
/// joined without moving a byte. A block is charged whole whatever it holds.
struct BlockPool: ~Copyable {
  /// The index that names no block.
  static var none: UInt32 { .max }

  private var memory: ByteSlab
  private var nodes: Table<Node>
  private var firstFree: UInt32
  private var neverUsed: UInt32 = 0
  /// The bytes of one block.
  let blockSize: Int
  /// The number of blocks.
  let capacity: Int
  /// The blocks not in use, those granted to senders included.
  private(set) var freeCount: Int
  /// The free blocks already promised to senders.
  private(set) var grantedCount = 0

  struct Node: BitwiseCopyable {
    var next: UInt32
    var start: UInt16
    var end: UInt16
  }

  /// A place inside a row, at which reading goes on without walking from its head.
  struct Cursor: BitwiseCopyable {
    /// The block, or `none` in a row without any.
    var block = BlockPool.none
    /// The place in the block's memory, so that it stays when the row is cut at its front.
    var offset: UInt32 = 0
  }

  /// Reserves `count` blocks of `blockSize` bytes, 256 to 32,768.
  init(count: Int, blockSize: Int) {
    precondition(blockSize >= 256 && blockSize <= 32_768, "a block holds 256 to 32,768 bytes")
    self.blockSize = blockSize
    self.capacity = count
    self.freeCount = count
    self.memory = ByteSlab(count: count * blockSize)
    self.nodes = Table(count: count) { _ in Node(next: Self.none, start: 0, end: 0) }
    self.firstFree = Self.none
  }

  /// The free blocks that nobody was promised.
  var availableCount: Int { freeCount - grantedCount }

  /// The blocks that one sender may hold: a quarter of those that are free beyond half of the pool, and
  /// one in any case.
  ///
  /// It shrinks with every block that others take, so that peers who never read cannot end up with
  /// all of them, however many they are, and what arrives still finds room.
  var senderShare: Int { max(1, (availableCount - capacity / 2) / 4) }

  /// Promises up to `count` blocks to a sender and returns how many.
  mutating func grant(upTo count: Int) -> Int {
    let granted = max(0, min(count, availableCount))
    grantedCount += granted
    return granted
  }

  /// Takes back a promise of `count` blocks: they were used, or are no longer wanted.
  mutating func endGrant(of count: Int) {
    grantedCount -= min(count, grantedCount)
  }

  // MARK: Blocks

  private mutating func allocate() -> UInt32? {
    let index: UInt32
    if firstFree != Self.none {
      index = firstFree
      firstFree = nodes[Int(index)].next
    } else {
      guard Int(neverUsed) < capacity else { return nil }
      index = neverUsed
      neverUsed += 1
    }
    freeCount -= 1
    nodes[Int(index)] = Node(next: Self.none, start: 0, end: 0)
    return index
  }

  private mutating func free(_ index: UInt32) {
    nodes[Int(index)].next = firstFree
    firstFree = index
    freeCount += 1
  }

  /// Gives every block of a row back.
  mutating func release(_ chain: consuming BlockChain) {
    guard chain.head != Self.none else { return }
    nodes[Int(chain.tail)].next = firstFree
    firstFree = chain.head
    freeCount += Int(chain.blockCount)
  }

  // MARK: Writing

  /// Adds an empty block at the row's end; false when there is none.
  private mutating func extend(_ chain: inout BlockChain) -> Bool {
    guard let index = allocate() else { return false }
    if chain.tail == Self.none {
      chain.head = index
    } else {
      nodes[Int(chain.tail)].next = index
    }
    chain.tail = index
    chain.blockCount += 1
    return true
  }

  /// The bytes that still fit into the row's last block.
  func tailRoom(of chain: borrowing BlockChain) -> Int {
    chain.tail == Self.none ? 0 : blockSize - Int(nodes[Int(chain.tail)].end)
  }

  /// Whether `count` bytes could be appended with the blocks nobody was promised.
  func hasRoom(for count: Int, in chain: borrowing BlockChain) -> Bool {
    let beyondTail = count - tailRoom(of: chain)
    return beyondTail <= 0 || (beyondTail + blockSize - 1) / blockSize <= availableCount
  }

  /// As `hasRoom`, for what a peer has sent: a quarter of the pool is out of its reach. Were every
  /// block full of data to be read, a program that must send before it reads on (an echo server, a
  /// proxy) could never free one. Of what has come out of order it is half: a peer may leave its gaps
  /// open for ever, and others must still be able to deliver in order.
  func hasRoomToReceive(
    _ count: Int, in chain: borrowing BlockChain, outOfOrder: Bool = false
  ) -> Bool {
    let beyondTail = count - tailRoom(of: chain)
    return beyondTail <= 0
      || (beyondTail + blockSize - 1) / blockSize
        <= availableCount - capacity / (outOfOrder ? 2 : 4)
  }

  /// Appends as many of the bytes as blocks allow, at most `blockLimit` new ones, and returns how
  /// many. Promised blocks are not spared: a caller without a promise passes what is available.
  mutating func append(
    _ bytes: RawSpan, to chain: inout BlockChain, blockLimit: Int = .max
  ) -> Int {
    var done = 0
    var newBlocks = 0
    while done < bytes.byteCount {
      if tailRoom(of: chain) == 0 {
        guard newBlocks < blockLimit, extend(&chain) else { break }
        newBlocks += 1
      }
      let tail = Int(chain.tail)
      let end = Int(nodes[tail].end)
      let count = min(bytes.byteCount - done, blockSize - end)
      var target = memory.mutableBytes(at: tail * blockSize + end, count: count)
      target.copy(bytes.extracting(done..<done + count), at: 0)
      nodes[tail].end = UInt16(truncatingIfNeeded: end + count)
      done += count
    }
    chain.length += Int32(truncatingIfNeeded: done)
    return done
  }

  /// Appends all bytes, summing them on the way; false, and nothing changed, when blocks are short.
  mutating func append(
    _ bytes: RawSpan, to chain: inout BlockChain, sum: inout InternetChecksum
  ) -> Bool {
    guard hasRoom(for: bytes.byteCount, in: chain) else { return false }
    sum.add(bytes)
    return append(bytes, to: &chain) == bytes.byteCount
  }

  /// Appends `count` bytes that lie in one new block and that `write` fills; false, and nothing
  /// changed, when a block is too small or none is available.
  mutating func appendBlock(
    of count: Int, to chain: inout BlockChain, _ write: (inout MutableRawSpan) -> Void
  ) -> Bool {
    guard count <= blockSize, availableCount > 0, extend(&chain) else { return false }
    let tail = Int(chain.tail)
    var target = memory.mutableBytes(at: tail * blockSize, count: count)
    write(&target)
    nodes[tail].end = UInt16(truncatingIfNeeded: count)
    chain.length += Int32(truncatingIfNeeded: count)
    return true
  }

  /// Writes bytes at a place in the row, which grows as far as that needs; what it grows by beside
  /// them is undefined until it is written. False, and nothing written, when blocks are short.
  mutating func write(_ bytes: RawSpan, to chain: inout BlockChain, at offset: Int) -> Bool {
    let growth = offset + bytes.byteCount - chain.byteCount
    guard hasRoom(for: growth, in: chain) else { return false }
    var left = growth
    while left > 0 {
      if tailRoom(of: chain) == 0, !extend(&chain) { return false }
      let count = min(left, tailRoom(of: chain))
      nodes[Int(chain.tail)].end += UInt16(truncatingIfNeeded: count)
      chain.length += Int32(truncatingIfNeeded: count)
      left -= count
    }
    var cursor = cursor(in: chain, at: offset)
    var done = 0
    while done < bytes.byteCount, let piece = nextPiece(upTo: bytes.byteCount - done, at: &cursor) {
      var target = memory.mutableBytes(at: piece.position, count: piece.count)
      target.copy(bytes.extracting(done..<done + piece.count), at: 0)
      done += piece.count
    }
    return true
  }

  /// Whether the row holds just these bytes at a place.
  func matches(_ bytes: RawSpan, in chain: borrowing BlockChain, at offset: Int) -> Bool {
    var cursor = cursor(in: chain, at: offset)
    var done = 0
    while done < bytes.byteCount {
      guard let piece = nextPiece(upTo: bytes.byteCount - done, at: &cursor) else { return false }
      let held = memory.bytes(at: piece.position, count: piece.count)
      for index in 0..<piece.count
      where held.load(UInt8.self, at: index) != bytes.load(UInt8.self, at: done + index) {
        return false
      }
      done += piece.count
    }
    return true
  }

  /// Moves the blocks of `other` to the end of `chain`.
  mutating func join(_ other: consuming BlockChain, to chain: inout BlockChain) {
    guard other.head != Self.none else { return }
    if chain.tail == Self.none {
      chain.head = other.head
    } else {
      nodes[Int(chain.tail)].next = other.head
    }
    chain.tail = other.tail
    chain.length += other.length
    chain.blockCount += other.blockCount
  }

  /// Drops `count` bytes, at most all, from the front.
  mutating func dropFirst(_ count: Int, of chain: inout BlockChain) {
    var left = min(count, chain.byteCount)
    chain.length -= Int32(truncatingIfNeeded: left)
    while left > 0 || (chain.head != Self.none && contentCount(of: chain.head) == 0) {
      let head = chain.head
      let held = contentCount(of: head)
      if left < held {
        nodes[Int(head)].start += UInt16(truncatingIfNeeded: left)
        return
      }
      left -= held
      chain.head = nodes[Int(head)].next
      chain.blockCount -= 1
      if chain.head == Self.none { chain.tail = Self.none }
      free(head)
    }
  }

  /// Drops `count` bytes, at most all, from the back.
  mutating func dropLast(_ count: Int, of chain: inout BlockChain) {
    let kept = chain.byteCount - min(count, chain.byteCount)
    guard kept > 0 else {
      release(chain.take())
      return
    }
    var index = chain.head
    var left = kept
    var seen: Int32 = 1
    while contentCount(of: index) < left {
      left -= contentCount(of: index)
      index = nodes[Int(index)].next
      seen += 1
    }
    let last = Int(index)
    nodes[last].end = nodes[last].start + UInt16(truncatingIfNeeded: left)
    var surplus = BlockChain()
    surplus.head = nodes[last].next
    surplus.tail = chain.tail
    surplus.blockCount = chain.blockCount - seen
    nodes[last].next = Self.none
    chain.tail = index
    chain.blockCount = seen
    chain.length = Int32(truncatingIfNeeded: kept)
    release(surplus)
  }

  // MARK: Reading

  private func contentCount(of block: UInt32) -> Int {
    Int(nodes[Int(block)].end) - Int(nodes[Int(block)].start)
  }

  /// The bytes of the row's first block; empty when the row is.
  @_lifetime(borrow self)
  func firstBytes(of chain: borrowing BlockChain) -> RawSpan {
    guard chain.head != Self.none else { return memory.bytes(at: 0, count: 0) }
    let node = nodes[Int(chain.head)]
    return memory.bytes(
      at: Int(chain.head) * blockSize + Int(node.start), count: Int(node.end) - Int(node.start))
  }

  /// Stores a word in the first block, in network order; traps outside its bytes.
  mutating func store(_ word: UInt16, in chain: borrowing BlockChain, at offset: Int) {
    precondition(chain.head != Self.none, "the row is empty")
    let node = nodes[Int(chain.head)]
    var span = memory.mutableBytes(
      at: Int(chain.head) * blockSize + Int(node.start), count: Int(node.end) - Int(node.start))
    span.store(word, at: offset)
  }

  /// The place `offset` bytes into the row.
  func cursor(in chain: borrowing BlockChain, at offset: Int) -> Cursor {
    var cursor = Cursor(block: chain.head, offset: 0)
    var left = offset
    while cursor.block != Self.none, left >= contentCount(of: cursor.block) {
      let next = nodes[Int(cursor.block)].next
      // Bytes may yet be appended to the last block: a place at its end stays in it.
      if next == Self.none { break }
      left -= contentCount(of: cursor.block)
      cursor.block = next
    }
    if cursor.block != Self.none {
      cursor.offset = UInt32(nodes[Int(cursor.block)].start) + UInt32(truncatingIfNeeded: left)
    }
    return cursor
  }

  /// Copies `count` bytes from the cursor on to `offset` of `target`, summing them on the way, and
  /// moves the cursor behind them. Fewer are copied where the row ends; returns how many.
  func copy(
    _ count: Int, from cursor: inout Cursor, into target: inout MutableRawSpan, at offset: Int,
    sum: inout InternetChecksum
  ) -> Int {
    var done = 0
    while done < count, let piece = nextPiece(upTo: count - done, at: &cursor) {
      let source = memory.bytes(at: piece.position, count: piece.count)
      sum.copy(source, into: &target, at: offset + done)
      done += piece.count
    }
    return done
  }

  /// Copies as above without a sum.
  func copy(
    _ count: Int, from cursor: inout Cursor, into target: inout MutableRawSpan, at offset: Int
  ) -> Int {
    var done = 0
    while done < count, let piece = nextPiece(upTo: count - done, at: &cursor) {
      let source = memory.bytes(at: piece.position, count: piece.count)
      target.copy(source, at: offset + done)
      done += piece.count
    }
    return done
  }

  private struct Piece {
    var position: Int
    var count: Int
  }

  /// The next bytes that lie contiguous, and the cursor behind them; `nil` at the row's end.
  private func nextPiece(upTo limit: Int, at cursor: inout Cursor) -> Piece? {
    while cursor.block != Self.none {
      let node = nodes[Int(cursor.block)]
      let available = Int(node.end) - Int(cursor.offset)
      if available > 0 {
        let count = min(limit, available)
        let position = Int(cursor.block) * blockSize + Int(cursor.offset)
        cursor.offset += UInt32(truncatingIfNeeded: count)
        return Piece(position: position, count: count)
      }
      guard node.next != Self.none else { return nil }
      cursor.block = node.next
      cursor.offset = UInt32(nodes[Int(node.next)].start)
    }
    return nil
  }
}
