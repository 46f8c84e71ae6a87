internal import MartletDevice
internal import MartletWire

/// A handshake that a listener has answered and that its peer has not completed: SYN-RECEIVED
/// without a connection's buffers, so that a flood of SYNs costs tens of bytes each.
struct HalfOpen: BitwiseCopyable {
  /// The two ends.
  let key: ConnectionKey
  /// Where it stands in the demultiplexing table.
  let hash: UInt32
  /// The listener that it is for.
  let listener: ListenerHandle
  /// The interface by which the SYN came.
  let interface: UInt8
  /// IRS: the peer's initial sequence number.
  let initialReceive: SequenceNumber
  /// ISS: ours.
  let initialSend: SequenceNumber
  /// What the peer's SYN offered.
  let peer: PeerOptions
  /// Whether the SYN asked for ECN and got it.
  let usesECN: Bool
  /// Added to the timestamp clock.
  let timestampOffset: UInt32
  /// When the SYN-ACK was first sent.
  var sentAt: Instant
  /// How often it was sent; more than once, and what answers it says nothing of the round trip (Karn).
  var sendCount: UInt8 = 0
  /// How often it was sent again.
  var retryCount: UInt8 = 0
  /// Whether the listener's owner has yet to say whether it wants the connection.
  var awaitsAnswer = false
  /// The next entry whose answer is awaited.
  var nextAwaiting = UInt32.max
}
