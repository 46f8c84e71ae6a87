internal import MartletWire

/// The blocks and packets of one stack.
struct Buffers: ~Copyable {
  /// Where all bytes lie.
  var blocks: BlockPool
  /// The ranges of all TCP streams.
  var ranges: RangePool
  private var nodes: Slab<Node>

  struct Node: ~Copyable {
    var packet: Packet
    var next = BlockPool.none
  }

  /// Makes room for `blockCount` blocks, `packetCount` waiting packets and `rangeCount` ranges,
  /// one of them at least for each of `connectionCount` connections.
  init(
    blockCount: Int, blockSize: Int, packetCount: Int, rangeCount: Int, connectionCount: Int
  ) {
    blocks = BlockPool(count: blockCount, blockSize: blockSize)
    ranges = RangePool(count: rangeCount + connectionCount, reserve: connectionCount)
    nodes = Slab(capacity: packetCount)
  }

  /// Whether another packet may wait. Ask before building one.
  var hasPacketRoom: Bool { !nodes.isFull }

  /// The number of packets waiting in all queues.
  var packetCount: Int { nodes.count }

  /// Puts a packet at the queue's end; false, and it is gone, when no packet may wait any more.
  @discardableResult
  mutating func enqueue(_ packet: consuming Packet, on queue: inout PacketQueue) -> Bool {
    guard !nodes.isFull else {
      release(packet)
      return false
    }
    let byteCount = packet.bytes.byteCount
    guard let index = nodes.insert(Node(packet: packet)) else { return false }
    let node = UInt32(truncatingIfNeeded: index)
    if queue.tail == BlockPool.none {
      queue.head = node
    } else {
      nodes[Int(queue.tail)].next = node
    }
    queue.tail = node
    queue.count += 1
    queue.byteCount += byteCount
    return true
  }

  /// Takes the first packet out; `nil` when nothing waits.
  mutating func dequeue(from queue: inout PacketQueue) -> Packet? {
    guard queue.head != BlockPool.none else { return nil }
    let node = nodes.remove(at: Int(queue.head))
    queue.head = node.next
    if queue.head == BlockPool.none { queue.tail = BlockPool.none }
    queue.count -= 1
    queue.byteCount -= node.packet.bytes.byteCount
    return node.packet
  }

  /// Moves all packets of `other` to the end of `queue`.
  mutating func join(_ other: consuming PacketQueue, to queue: inout PacketQueue) {
    guard other.head != BlockPool.none else { return }
    if queue.tail == BlockPool.none {
      queue.head = other.head
    } else {
      nodes[Int(queue.tail)].next = other.head
    }
    queue.tail = other.tail
    queue.count += other.count
    queue.byteCount += other.byteCount
  }

  /// A waiting packet in place, named by its node: `PacketQueue.head` for the first.
  mutating func withPacket<R>(
    at node: UInt32, _ body: (inout Packet, borrowing BlockPool) -> R
  ) -> R {
    body(&nodes[Int(node)].packet, blocks)
  }

  /// Addresses every frame of a queue.
  mutating func setLinkDestination(_ address: MACAddress, of queue: borrowing PacketQueue) {
    var node = queue.head
    while node != BlockPool.none {
      nodes[Int(node)].packet.linkDestination = address
      node = nodes[Int(node)].next
    }
  }

  /// Gives a packet's blocks back.
  mutating func release(_ packet: consuming Packet) {
    blocks.release(packet.bytes)
  }

  /// Gives every packet of a queue back and returns how many there were.
  @discardableResult
  mutating func releaseAll(of queue: inout PacketQueue) -> Int {
    let count = queue.count
    while let packet = dequeue(from: &queue) { release(packet) }
    return count
  }
}
