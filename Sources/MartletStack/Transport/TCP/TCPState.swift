/// The states of a connection (RFC 9293, section 3.3.2). LISTEN is a listener's, not a connection's.
public enum TCPState: UInt8, Equatable, Sendable, BitwiseCopyable {
  /// A SYN was sent and no answer came yet.
  case synSent
  /// SYNs have crossed; the peer has not acknowledged ours.
  case synReceived
  /// Data flows both ways.
  case established
  /// This side has closed and its FIN is not acknowledged.
  case finWait1
  /// This side has closed, its FIN is acknowledged, the peer may still send.
  case finWait2
  /// The peer has closed, this side may still send.
  case closeWait
  /// Both sides closed at once; our FIN is not acknowledged.
  case closing
  /// The peer had closed first; our FIN is not acknowledged.
  case lastAck
  /// Both sides have closed; late segments are waited for.
  case timeWait
  /// The connection has ended.
  case closed

  /// Whether this side may still send new data.
  var canSend: Bool { self == .established || self == .closeWait }
  /// Whether the peer may still send new data.
  var canReceive: Bool { self == .established || self == .finWait1 || self == .finWait2 }
  /// Whether the handshake is behind.
  var isSynchronized: Bool { self != .synSent && self != .synReceived && self != .closed }
}
