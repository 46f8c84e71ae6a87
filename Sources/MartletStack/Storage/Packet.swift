internal import MartletWire

/// A packet that waits: for a neighbour or a transmit slot.
///
/// Its bytes lie in a row of blocks. It has one owner, moves from queue to queue, and ends in
/// `Buffers.release`.
struct Packet: ~Copyable {
  /// The bytes: an IPv4 packet whole, or the body of another link frame.
  var bytes = BlockChain()
  /// What the frame carries.
  var etherType = EtherType.ipv4
  /// The frame's destination, once it is known.
  var linkDestination = MACAddress.zero
  /// The payload bytes of a fragmented packet that have been sent already.
  var fragmentedCount: Int32 = 0

  /// A packet without bytes.
  init() {}
}
