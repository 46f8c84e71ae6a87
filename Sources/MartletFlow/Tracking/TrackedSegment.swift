internal import MartletWire

/// What connection tracking reads of a TCP segment.
struct TrackedSegment: Sendable, BitwiseCopyable {
  let sequence: UInt32
  let acknowledgment: UInt32
  let flags: TCPFlags
  let window: UInt16
  /// The bytes of payload.
  let length: Int
  /// The options of a SYN.
  var windowScale: UInt8?
  var permitsSelective = false
  /// The highest right edge of the blocks that a segment acknowledges selectively.
  var highestSelective: UInt32?

  init(_ view: borrowing TCPView) {
    sequence = view.sequenceNumber.rawValue
    acknowledgment = view.acknowledgmentNumber.rawValue
    flags = view.flags
    window = view.window
    length = view.payload.byteCount
    guard view.headerLength > 20 else { return }
    let options = TCPOptions(parsing: view.options)
    if flags.contains(.syn) {
      windowScale = options.windowScale.map { min($0, 14) }
      permitsSelective = options.selectiveAcknowledgmentPermitted
    }
    var highest = acknowledgment
    for index in 0..<options.selectiveAcknowledgmentCount {
      let right = options.selectiveAcknowledgment(at: index).right.rawValue
      if Int32(bitPattern: right &- highest) > 0 { highest = right }
    }
    if highest != acknowledgment { highestSelective = highest }
  }

  /// The sequence number behind the segment; SYN and FIN count (RFC 9293, section 3.4).
  var end: UInt32 {
    sequence &+ UInt32(truncatingIfNeeded: length) &+ (flags.contains(.syn) ? 1 : 0)
      &+ (flags.contains(.fin) ? 1 : 0)
  }

  /// What decides of the state.
  enum Kind: Int { case syn, synAck, fin, ack, reset, none }

  var kind: Kind {
    if flags.contains(.rst) { return .reset }
    if flags.contains(.syn) { return flags.contains(.ack) ? .synAck : .syn }
    if flags.contains(.fin) { return .fin }
    return flags.contains(.ack) ? .ack : .none
  }

  /// Whether its flags may stand together at all.
  var isSane: Bool {
    let basic = flags.intersection([.syn, .fin, .rst, .ack])
    switch basic {
    case [.syn], [.syn, .ack], [.rst], [.rst, .ack], [.fin, .ack], [.ack]: return true
    default: return false
    }
  }
}
