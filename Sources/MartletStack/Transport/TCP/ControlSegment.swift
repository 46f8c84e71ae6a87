internal import MartletWire

/// A segment without payload that no connection sends: SYN-ACK, RST, an answer in TIME-WAIT.
struct ControlSegment: BitwiseCopyable {
  /// The two ends.
  var key: ConnectionKey
  /// SEG.SEQ.
  var sequence: SequenceNumber
  /// SEG.ACK, with the ACK flag.
  var acknowledgment = SequenceNumber(rawValue: 0)
  /// The control bits.
  var flags: TCPFlags
  /// SEG.WND.
  var window: UInt16 = 0
  /// TSval; `nil` for a segment without timestamps.
  var timestamp: UInt32?
  /// TSecr.
  var timestampEcho: UInt32 = 0
  /// The options of a SYN-ACK; they take the place of the timestamps above.
  var offer: HandshakeOffer?

  /// The bytes of header and options.
  var length: Int {
    20 + (offer?.length ?? (timestamp == nil ? 0 : 12))
  }

  /// Writes header, options and checksum at the start of `body`.
  func write(into body: inout MutableRawSpan) {
    body.store(key.localPort, at: 0)
    body.store(key.remotePort, at: 2)
    body.store(sequence.rawValue, at: 4)
    body.store(flags.contains(.ack) ? acknowledgment.rawValue : 0, at: 8)
    body.store(
      UInt16(truncatingIfNeeded: length / 4) << 12 | UInt16(flags.rawValue), at: 12)
    body.store(window, at: 14)
    body.store(UInt32(0), at: 16)
    if let offer {
      _ = offer.write(into: &body, at: 20)
    } else if let timestamp {
      body.store(UInt32(0x0101_080A), at: 20)
      body.store(timestamp, at: 24)
      body.store(timestampEcho, at: 28)
    }
    var sum = InternetChecksum()
    sum.addPseudoHeader(
      source: key.localAddress, destination: key.remoteAddress, protocol: .tcp, length: length)
    for offset in stride(from: 0, to: length, by: 4) {
      sum.add(body.load(UInt32.self, at: offset))
    }
    body.store(sum.value, at: 16)
  }
}
