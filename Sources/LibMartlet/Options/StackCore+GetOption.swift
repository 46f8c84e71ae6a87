internal import Glibc
internal import MartletDevice
internal import MartletStack
internal import MartletWire
internal import Synchronization

/// getsockopt.
extension StackCore {
  /// An option's value. Throws `ENOPROTOOPT` for one that there is not.
  mutating func option(
    _ name: OptionName, of socket: Socket, _ reference: SocketReference, room: Int
  ) throws(SocketError) -> [UInt8] {
    if name.isSocket { return try socketOption(name, of: socket, reference) }
    if name.isIP { return try ipOption(name, of: socket, room: room) }
    guard name.isTCP, socket.kind == .stream else {
      throw SocketError(socket.kind == .datagram && name.level == 17 ? ENOPROTOOPT : EOPNOTSUPP)
    }
    return try tcpOption(name, of: socket)
  }

  private func socketOption(
    _ name: OptionName, of socket: Socket, _ reference: SocketReference
  ) throws(SocketError) -> [UInt8] {
    let options = socket.options
    let isStream = socket.kind == .stream
    switch name {
    case .reuseAddress: return OptionValue.truth(options.reusesAddress)
    case .reusePort: return OptionValue.truth(options.reusesPort)
    case .type: return OptionValue.number(isStream ? 1 : 2)
    case .domain: return OptionValue.number(AF_INET)
    case .protocolNumber: return OptionValue.number(isStream ? 6 : 17)
    case .error: return OptionValue.number(socket.takeError())
    case .broadcast: return OptionValue.truth(options.datagram.broadcast)
    case .sendBuffer:
      return OptionValue.number(options.sendBuffer ?? Int32(stackLimits.sendBufferLimit))
    case .receiveBuffer:
      return OptionValue.number(options.receiveBuffer ?? Int32(stackLimits.receiveBufferLimit))
    case .keepAlive: return OptionValue.truth(options.keepsAlive)
    case .urgentInline: return OptionValue.truth(options.keepsUrgentInline)
    case .linger:
      return OptionValue.number(options.linger.isOn ? 1 : 0)
        + OptionValue.number(options.linger.seconds)
    case .receiveLowWater: return OptionValue.number(options.receiveLowWater)
    case .sendLowWater: return OptionValue.number(1)
    case .receiveTimeout:
      return OptionValue.time(reference.receiveTimeout.load(ordering: .relaxed))
    case .sendTimeout:
      return OptionValue.time(reference.sendTimeout.load(ordering: .relaxed))
    case .acceptConnections:
      if case .listening = socket.state { return OptionValue.truth(true) }
      return OptionValue.truth(false)
    default: throw SocketError(ENOPROTOOPT)
    }
  }

  private var stackLimits: Configuration { settings.configuration }

  private func ipOption(
    _ name: OptionName, of socket: Socket, room: Int
  ) throws(SocketError) -> [UInt8] {
    let options = socket.options
    let value: Int32
    switch name {
    case .typeOfService: value = Int32(options.typeOfService)
    case .timeToLive: value = Int32(options.timeToLive ?? stackLimits.timeToLive)
    case .mtuDiscover: value = options.pathDiscovery
    case .receiveErrors: value = options.receivesErrors ? 1 : 0
    case .mtu:
      guard let remote = socket.remote,
        let mtu = stack.pathMTU(to: remote.address)
      else { throw SocketError(ENOTCONN) }
      value = Int32(clamping: mtu)
    case .multicastTimeToLive: value = Int32(options.datagram.multicastTimeToLive)
    case .multicastLoop: value = options.datagram.multicastLoop ? 1 : 0
    default: throw SocketError(ENOPROTOOPT)
    }
    // Linux answers in one byte where there is no room for more and one is enough.
    if room < 4, room > 0, (0...255).contains(value) { return [UInt8(value)] }
    return OptionValue.number(value)
  }

  private func tcpOption(
    _ name: OptionName, of socket: Socket
  ) throws(SocketError) -> [UInt8] {
    let options = socket.options
    switch name {
    case .noDelay: return OptionValue.truth(options.connection.noDelay)
    case .cork: return OptionValue.truth(options.isCorked)
    case .maximumSegment: return OptionValue.number(maximumSegment(of: socket))
    case .keepIdle: return OptionValue.number(Int32(options.keepAlive.idleSeconds))
    case .keepInterval: return OptionValue.number(Int32(options.keepAlive.intervalSeconds))
    case .keepCount: return OptionValue.number(Int32(options.keepAlive.probeCount))
    case .userTimeout:
      let timeout = options.connection.userTimeout?.microseconds ?? 0
      return OptionValue.number(Int32(clamping: timeout / 1000))
    case .quickAcknowledgment: return OptionValue.truth(true)
    case .congestion:
      let algorithm = options.connection.congestionControl ?? stackLimits.congestionControl
      let text = Array((algorithm == .cubic ? "cubic" : "reno").utf8)
      return text + [UInt8](repeating: 0, count: 16 - text.count)
    case .info: return TCPInfo.bytes(of: socket, status: status(of: socket))
    default: throw SocketError(ENOPROTOOPT)
    }
  }

  private func status(of socket: Socket) -> TCPStatus? {
    switch socket.state {
    case .connecting(let handle), .connected(let handle): try? stack.status(of: handle)
    default: nil
    }
  }

  private func maximumSegment(of socket: Socket) -> Int32 {
    if let status = status(of: socket), status.state != .closed { return Int32(status.segmentSize) }
    // RFC 9293's default, which Linux tells before there is a path.
    return Int32(socket.options.connection.maximumSegmentSize ?? 536)
  }
}
