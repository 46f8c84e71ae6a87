public import MartletDevice

/// A connection: a stream of TCP, or packets of UDP, ICMP or another protocol that belong together.
public struct Connection: Sendable {
  /// What its first packet had in common with those after.
  public internal(set) var original: ConnectionTuple
  /// What its answers have in common; not the inverse of `original` where addresses are translated.
  public internal(set) var reply: ConnectionTuple
  /// Its mark, which flows set and match.
  public internal(set) var mark: UInt32 = 0
  /// Its label, which flows set and match.
  public internal(set) var label: UInt128 = 0
  /// Whether an answer was seen.
  public internal(set) var isAnswered = false
  /// Whether both sides proved that they want it, so that it is not the first to give way.
  public internal(set) var isAssured = false
  /// When it is forgotten.
  public internal(set) var deadline: Instant
  /// Packets of the first direction.
  public internal(set) var packetCount: UInt64 = 0
  /// Their bytes.
  public internal(set) var byteCount: UInt64 = 0
  /// Packets of the other direction.
  public internal(set) var replyPacketCount: UInt64 = 0
  /// Their bytes.
  public internal(set) var replyByteCount: UInt64 = 0
  var tcp: TCPTracker?

  init(original: ConnectionTuple, reply: ConnectionTuple, deadline: Instant) {
    self.original = original
    self.reply = reply
    self.deadline = deadline
  }

  /// Whether its source is translated.
  public var translatesSource: Bool {
    reply.destination != original.source || reply.destinationPort != original.sourcePort
  }
  /// Whether its destination is translated.
  public var translatesDestination: Bool {
    reply.source != original.destination || reply.sourcePort != original.destinationPort
  }

  /// What packets of a direction become.
  func translated(isReply: Bool) -> ConnectionTuple {
    isReply ? original.inverted : reply.inverted
  }

  /// The name of its state, as other tools have it; `nil` for a protocol without.
  public var stateName: StaticString? {
    switch tcp?.state {
    case nil, .some(.none): nil
    case .synSent: "SYN_SENT"
    case .synReceived: "SYN_RECV"
    case .established: "ESTABLISHED"
    case .finWait: "FIN_WAIT"
    case .closeWait: "CLOSE_WAIT"
    case .lastAck: "LAST_ACK"
    case .timeWait: "TIME_WAIT"
    case .closed: "CLOSE"
    case .bothSynSent: "SYN_SENT2"
    }
  }
}
