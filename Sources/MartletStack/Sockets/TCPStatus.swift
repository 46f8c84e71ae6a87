public import MartletDevice
internal import MartletWire

/// What is known of one connection at one moment.
public struct TCPStatus: Sendable, BitwiseCopyable {
  /// This side.
  public let local: Endpoint
  /// The peer.
  public let remote: Endpoint
  /// Where the connection stands in its life.
  public let state: TCPState
  /// Why it ended, once `state` is `closed`.
  public let endReason: EndReason
  /// The bytes that wait to be acknowledged or sent.
  public let sendQueueCount: Int
  /// The bytes that wait to be read.
  public let receiveQueueCount: Int
  /// The bytes that the peer has acknowledged, SYN and FIN among them, modulo 2 to the 32nd: what
  /// grows tells a peer that is slow from one that takes nothing.
  public let acknowledgedCount: UInt32
  /// RCV.NXT: it grows with every byte that comes in order, from a start that the peer has chosen.
  public let receiveNext: UInt32
  /// The smoothed round-trip time; zero before it is known.
  public let roundTripTime: Interval
  /// The time-out that a segment sent now would have.
  public let retransmissionTimeout: Interval
  /// cwnd in bytes.
  public let congestionWindow: Int
  /// The bytes taken to be on their way.
  public let inFlight: Int
  /// The payload of a full segment.
  public let segmentSize: Int
  /// The peer's window in bytes.
  public let sendWindow: Int

  init(_ connection: borrowing Connection) {
    local = Endpoint(connection.key.localAddress, port: connection.key.localPort)
    remote = Endpoint(connection.key.remoteAddress, port: connection.key.remotePort)
    state = connection.state
    endReason = connection.endReason
    sendQueueCount = connection.sendQueue.byteCount
    receiveQueueCount = connection.receiveQueue.byteCount
    acknowledgedCount =
      connection.sendUnacknowledged.rawValue &- connection.initialSend.rawValue
    receiveNext = connection.receiveNext.rawValue
    roundTripTime = connection.roundTrip.smoothed
    retransmissionTimeout = connection.roundTrip.timeout(shortest: .milliseconds(200))
    congestionWindow = Int(connection.congestion.window)
    inFlight = connection.inFlight
    segmentSize = Int(connection.segmentSize)
    sendWindow = Int(connection.sendWindow)
  }
}
