internal import Glibc
internal import MartletDevice
internal import MartletStack
internal import Synchronization

/// setsockopt.
extension StackCore {
  /// Sets an option. Throws `ENOPROTOOPT` for one that there is not or that cannot be set.
  mutating func setOption(
    _ name: OptionName, to argument: OptionArgument, of socket: Socket,
    _ reference: SocketReference, now: Instant
  ) throws(SocketError) {
    if name.isSocket {
      try setSocketOption(name, to: argument, of: socket, reference)
    } else if name.isIP {
      try setIPOption(name, to: argument, of: socket)
    } else if name.isTCP, socket.kind == .stream {
      try setTCPOption(name, to: argument, of: socket)
    } else {
      throw SocketError(ENOPROTOOPT)
    }
    apply(socket, now: now)
  }

  /// Hands what was set to what there is of the socket at the stack.
  private mutating func apply(_ socket: Socket, now: Instant) {
    switch socket.state {
    case .connecting(let handle), .connected(let handle):
      try? stack.setOptions(socket.effectiveConnection, of: handle, now: now)
    case .open(let handle):
      try? stack.setOptions(socket.options.effectiveDatagram, of: handle)
    case .closed, .listening, .over: break
    }
  }

  private func setSocketOption(
    _ name: OptionName, to argument: OptionArgument, of socket: Socket,
    _ reference: SocketReference
  ) throws(SocketError) {
    let number = try argument.number()
    switch name {
    case .reuseAddress: socket.options.reusesAddress = number != 0
    case .reusePort: socket.options.reusesPort = number != 0
    case .broadcast: socket.options.datagram.broadcast = number != 0
    case .sendBuffer: socket.options.sendBuffer = doubled(number, atLeast: 4608)
    case .receiveBuffer: socket.options.receiveBuffer = doubled(number, atLeast: 2304)
    case .keepAlive: socket.options.keepsAlive = number != 0
    case .urgentInline: socket.options.keepsUrgentInline = number != 0
    case .linger:
      guard argument.length >= 8 else { throw SocketError(EINVAL) }
      socket.options.linger = (number != 0, try argument.load(Int32.self, at: 4))
    case .receiveLowWater:
      socket.options.receiveLowWater = number < 0 ? .max : max(number, 1)
    case .receiveTimeout:
      reference.receiveTimeout.store(try timeout(argument), ordering: .relaxed)
    case .sendTimeout:
      reference.sendTimeout.store(try timeout(argument), ordering: .relaxed)
    default: throw SocketError(ENOPROTOOPT)
    }
  }

  /// Linux doubles what is asked for, so that its own bookkeeping finds room, and so must we to be
  /// told the same. 212,992 is its default of net.core.wmem_max.
  private func doubled(_ number: Int32, atLeast least: Int32) -> Int32 {
    max(min(UInt32(bitPattern: number), 212_992).asNumber * 2, least)
  }

  /// A `struct timeval` in microseconds.
  private func timeout(_ argument: OptionArgument) throws(SocketError) -> Int64 {
    guard argument.length >= 16 else { throw SocketError(EINVAL) }
    let seconds = try argument.load(Int64.self, at: 0)
    let microseconds = try argument.load(Int64.self, at: 8)
    guard (0..<1_000_000).contains(microseconds) else { throw SocketError(EDOM) }
    // As Linux: before the present is at once, beyond what its clock holds for ever.
    guard seconds >= 0 else { return 1 }
    guard seconds < 1 << 40 else { return 0 }
    return seconds * 1_000_000 + microseconds
  }

  private func setIPOption(
    _ name: OptionName, to argument: OptionArgument, of socket: Socket
  ) throws(SocketError) {
    switch name {
    case .typeOfService:
      let value = UInt8(truncatingIfNeeded: try argument.smallNumber(mayBeEmpty: true))
      // A stream's ECN bits are TCP's own.
      socket.options.typeOfService =
        socket.kind == .stream ? value & 0xFC | socket.options.typeOfService & 3 : value
    case .timeToLive:
      let value = try argument.smallNumber()
      guard value == -1 || (1...255).contains(value) else { throw SocketError(EINVAL) }
      socket.options.timeToLive = value == -1 ? nil : UInt8(value)
    case .mtuDiscover:
      let value = try argument.smallNumber(mayBeEmpty: true)
      guard (0...5).contains(value) else { throw SocketError(EINVAL) }
      socket.options.pathDiscovery = value
    case .receiveErrors:
      socket.options.receivesErrors = try argument.smallNumber(mayBeEmpty: true) != 0
    case .multicastTimeToLive:
      guard socket.kind == .datagram else { throw SocketError(EINVAL) }
      let value = try argument.smallNumber()
      guard (-1...255).contains(value) else { throw SocketError(EINVAL) }
      socket.options.datagram.multicastTimeToLive = value == -1 ? 1 : UInt8(value)
    case .multicastLoop:
      socket.options.datagram.multicastLoop = try argument.smallNumber() != 0
    default: throw SocketError(ENOPROTOOPT)
    }
  }

  private func setTCPOption(
    _ name: OptionName, to argument: OptionArgument, of socket: Socket
  ) throws(SocketError) {
    if name == .congestion { return try setCongestion(argument, of: socket) }
    let number = try argument.number()
    switch name {
    case .noDelay: socket.options.connection.noDelay = number != 0
    case .cork: socket.options.isCorked = number != 0
    case .maximumSegment:
      guard number == 0 || (88...32_767).contains(number) else { throw SocketError(EINVAL) }
      socket.options.connection.maximumSegmentSize = number == 0 ? nil : UInt16(number)
    case .keepIdle:
      guard (1...32_767).contains(number) else { throw SocketError(EINVAL) }
      socket.options.keepAlive.idleSeconds = UInt16(number)
    case .keepInterval:
      guard (1...32_767).contains(number) else { throw SocketError(EINVAL) }
      socket.options.keepAlive.intervalSeconds = UInt16(number)
    case .keepCount:
      guard (1...127).contains(number) else { throw SocketError(EINVAL) }
      socket.options.keepAlive.probeCount = UInt8(number)
    case .userTimeout:
      guard number >= 0 else { throw SocketError(EINVAL) }
      socket.options.connection.userTimeout = number == 0 ? nil : .milliseconds(Int64(number))
    case .quickAcknowledgment: break
    default: throw SocketError(ENOPROTOOPT)
    }
  }

  private func setCongestion(
    _ argument: OptionArgument, of socket: Socket
  ) throws(SocketError) {
    guard argument.length >= 1 else { throw SocketError(EINVAL) }
    switch try argument.text().prefix(15) {
    case "cubic": socket.options.connection.congestionControl = .cubic
    case "reno": socket.options.connection.congestionControl = .newReno
    default: throw SocketError(ENOENT)
    }
  }
}

extension UInt32 {
  /// The same as an `Int32`, which it must fit: the callers have bounded it.
  fileprivate var asNumber: Int32 { Int32(clamping: self) }
}
