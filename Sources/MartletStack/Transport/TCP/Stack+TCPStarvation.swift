/// Senders that wait for blocks which other connections hold.
///
/// A connection that fills its own limit hears of room when its peer acknowledges. One that was
/// refused because the pool was empty may have nothing under way, so nobody would ever tell it.
extension Stack {
  /// Remembers that a connection was refused for want of blocks, not because of its own limit.
  mutating func noteStarvation(of index: Int) {
    guard tcp.connections[index].isStarved else { return }
    let available = buffers.blocks.availableCount
    tcp.blocksWhenStarved =
      tcp.hasStarvedSenders ? min(tcp.blocksWhenStarved, available) : available
    tcp.hasStarvedSenders = true
  }

  /// Whether so many more blocks are free than when one was last refused that it is worth telling
  /// the starved. Only then: a share may be small for as long as others hold theirs, and who is told
  /// in vain would be told again at once.
  var hasBlocksForStarvedSenders: Bool {
    buffers.blocks.availableCount - tcp.blocksWhenStarved > buffers.blocks.capacity / 16
  }

  /// Tells every starved sender that there is room; false when there is not, or none is left.
  mutating func resumeStarvedSenders() -> Bool {
    guard hasBlocksForStarvedSenders else { return false }
    tcp.hasStarvedSenders = false
    var hasTold = false
    for index in 0..<tcp.connections.highWater
    where tcp.connections.isUsed(index) && tcp.connections[index].isStarved {
      tcp.connections[index].flags.remove(.wantsWritable)
      readiness.post(.writable, for: index)
      hasTold = true
    }
    return hasTold
  }
}

extension Connection {
  /// Whether its user was refused although its own limit leaves a third of its room.
  var isStarved: Bool {
    flags.contains(.wantsWritable) && flags.isDisjoint(with: [.orphaned, .unaccepted])
      && state.canSend && sendQueue.byteCount <= Int(sendLimit) / 3 * 2
  }
}
