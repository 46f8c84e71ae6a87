internal import MartletDevice
internal import MartletStack

/// `struct tcp_info` of linux/tcp.h, as far as this stack knows what it tells; the rest is zero.
enum TCPInfo {
  /// Up to and with tcpi_snd_wnd.
  static let length = 232

  /// Where fields lie.
  private enum Offset {
    static let retransmissionTimeout = 8
    static let sendSegment = 16
    static let receiveSegment = 20
    static let unacknowledged = 24
    static let roundTrip = 68
    static let threshold = 76
    static let congestionWindow = 80
    static let advertisedSegment = 84
    static let notSent = 144
    static let sendWindow = 228
  }

  /// The structure for a socket; `nil` for one without a connection.
  static func bytes(of socket: Socket, status: TCPStatus?) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: length)
    func store(_ number: Int64, at offset: Int) {
      let value = UInt32(clamping: number)
      for index in 0..<4 {
        bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt32(index * 8))
      }
    }
    bytes[0] = state(of: socket, status)
    guard let status else { return bytes }
    let segment = Int64(max(status.segmentSize, 1))
    store(status.retransmissionTimeout.microseconds, at: Offset.retransmissionTimeout)
    store(segment, at: Offset.sendSegment)
    store(segment, at: Offset.receiveSegment)
    store((Int64(status.inFlight) + segment - 1) / segment, at: Offset.unacknowledged)
    store(status.roundTripTime.microseconds, at: Offset.roundTrip)
    store(0x7FFF_FFFF, at: Offset.threshold)
    store(Int64(status.congestionWindow) / segment, at: Offset.congestionWindow)
    store(segment, at: Offset.advertisedSegment)
    store(Int64(max(0, status.sendQueueCount - status.inFlight)), at: Offset.notSent)
    store(Int64(status.sendWindow), at: Offset.sendWindow)
    return bytes
  }

  /// The kernel's numbers of the states.
  private static func state(of socket: Socket, _ status: TCPStatus?) -> UInt8 {
    if case .listening = socket.state { return 10 }
    switch status?.state {
    case .established: return 1
    case .synSent: return 2
    case .synReceived: return 3
    case .finWait1: return 4
    case .finWait2: return 5
    case .timeWait: return 6
    case .closed, nil: return 7
    case .closeWait: return 8
    case .lastAck: return 9
    case .closing: return 11
    }
  }
}
