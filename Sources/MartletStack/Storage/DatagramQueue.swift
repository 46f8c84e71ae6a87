/// Received datagrams, each behind a record of its origin, in one row of blocks.
///
/// Small datagrams share blocks, so that a queue's charge is near to what it holds.
struct DatagramQueue: ~Copyable {
  /// The records and payloads.
  var bytes = BlockChain()
  /// The datagrams.
  private(set) var count = 0

  /// A queue without datagrams.
  init() {}

  /// Adds a datagram; false, and nothing changed, where `byteLimit` or the blocks do not allow it.
  mutating func append(
    _ payload: RawSpan, origin: DatagramOrigin, byteLimit: Int, scratch: inout ByteSlab,
    in blocks: inout BlockPool
  ) -> Bool {
    let length = DatagramOrigin.length + payload.byteCount
    let growth = max(0, length - blocks.tailRoom(of: bytes))
    let newBlocks = (growth + blocks.blockSize - 1) / blocks.blockSize
    guard
      (Int(bytes.blockCount) + newBlocks) * blocks.blockSize <= max(byteLimit, blocks.blockSize),
      newBlocks <= blocks.availableCount
    else { return false }
    var record = scratch.mutableBytes(at: 0, count: DatagramOrigin.length)
    origin.write(into: &record, payloadLength: payload.byteCount)
    _ = blocks.append(scratch.bytes(at: 0, count: DatagramOrigin.length), to: &bytes)
    _ = blocks.append(payload, to: &bytes)
    count += 1
    return true
  }

  /// Takes the oldest datagram out: as much of it as fits goes into `buffer`. `nil` when there is
  /// none.
  mutating func next(
    into buffer: inout MutableRawSpan, scratch: inout ByteSlab, in blocks: inout BlockPool
  ) -> (origin: DatagramOrigin, length: Int)? {
    guard count > 0 else { return nil }
    var record = scratch.mutableBytes(at: 0, count: DatagramOrigin.length)
    var cursor = blocks.cursor(in: bytes, at: 0)
    _ = blocks.copy(DatagramOrigin.length, from: &cursor, into: &record, at: 0)
    let (origin, length) = DatagramOrigin.read(scratch.bytes(at: 0, count: DatagramOrigin.length))
    _ = blocks.copy(min(length, buffer.byteCount), from: &cursor, into: &buffer, at: 0)
    blocks.dropFirst(DatagramOrigin.length + length, of: &bytes)
    count -= 1
    return (origin, length)
  }
}
