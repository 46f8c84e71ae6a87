internal import MartletStack

/// What `setsockopt` has set on one socket.
struct SocketOptions {
  /// What the stack's connections take.
  var connection = ConnectionOptions()
  /// What its UDP sockets take.
  var datagram = UDPOptions()
  /// SO_REUSEADDR.
  var reusesAddress = false
  /// SO_REUSEPORT, which is kept and does nothing.
  var reusesPort = false
  /// SO_KEEPALIVE; how it is done stands in `keepAlive`.
  var keepsAlive = false
  /// TCP_KEEPIDLE and kin.
  var keepAlive = KeepAlive()
  /// SO_LINGER: whether, and for how many seconds.
  var linger: (isOn: Bool, seconds: Int32) = (false, 0)
  /// SO_SNDBUF as it is told: twice what was asked for, as Linux has it. `nil`: as it is made.
  var sendBuffer: Int32?
  /// SO_RCVBUF as it is told.
  var receiveBuffer: Int32?
  /// SO_RCVLOWAT.
  var receiveLowWater: Int32 = 1
  /// SO_OOBINLINE, which is kept and does nothing: there is no urgent data.
  var keepsUrgentInline = false
  /// TCP_CORK.
  var isCorked = false
  /// IP_TOS as it was set, ECN bits included.
  var typeOfService: UInt8 = 0
  /// IP_TTL; `nil` for the stack's.
  var timeToLive: UInt8?
  /// IP_MTU_DISCOVER: IP_PMTUDISC_WANT as made.
  var pathDiscovery: Int32 = 1
  /// IP_RECVERR, which is kept and does nothing: the error queue is empty.
  var receivesErrors = false

  /// `connection`, with what is kept beside it.
  var effectiveConnection: ConnectionOptions {
    var options = connection
    options.keepAlive = keepsAlive ? keepAlive : nil
    options.isCorked = isCorked
    options.typeOfService = typeOfService
    options.timeToLive = timeToLive
    options.sendBufferLimit = sendBuffer.map { Int($0) }
    options.receiveBufferLimit = receiveBuffer.map { Int($0) }
    return options
  }

  /// `datagram`, with what is kept beside it.
  var effectiveDatagram: UDPOptions {
    var options = datagram
    options.typeOfService = typeOfService
    options.timeToLive = timeToLive
    // IP_PMTUDISC_DO and IP_PMTUDISC_PROBE.
    options.dontFragment = pathDiscovery == 2 || pathDiscovery == 3
    if let receiveBuffer { options.receiveByteLimit = Int(receiveBuffer) }
    return options
  }
}
