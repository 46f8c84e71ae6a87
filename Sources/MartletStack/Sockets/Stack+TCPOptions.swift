public import MartletDevice

extension Stack {
  /// Changes what a user may set for a connection, from now on. What was agreed in the handshake
  /// stays: the largest segment, and whether the user timeout is told.
  ///
  /// Throws `staleHandle`.
  public mutating func setOptions(
    _ options: ConnectionOptions, of handle: TCPHandle, now: Instant
  ) throws(StackError) {
    advance(to: now)
    let index = try index(of: handle)
    tcp.connections[index].apply(options, configuration: configuration, now: self.now)
    settle(index)
  }
}

extension Connection {
  /// Takes what a user has set anew.
  mutating func apply(
    _ options: ConnectionOptions, configuration: Configuration, now: Instant
  ) {
    set(.noDelay, to: options.noDelay)
    set(.corked, to: options.isCorked && !flags.contains(.finQueued))
    timeToLive = options.timeToLive ?? configuration.timeToLive
    typeOfService = options.typeOfService & 0xFC
    userTimeout = options.userTimeout ?? .zero
    sendLimit = Int32(clamping: options.sendBufferLimit ?? configuration.sendBufferLimit)
    if let limit = options.receiveBufferLimit {
      // What was offered is not taken back (RFC 9293, 3.8.6), nor the window's scale outgrown.
      receiveLimit = min(Int32(clamping: limit), 65_535 << Int32(receiveScale))
      receiveMaximum = receiveLimit
    }
    let algorithm = options.congestionControl ?? configuration.congestionControl
    if algorithm != congestion.algorithm {
      congestion = congestion.continued(by: algorithm, segmentSize: Int(segmentSize))
    }
    applyKeepAlive(options.keepAlive, now: now)
    // What is not held back any more goes now.
    outcome.insert(.transmit)
  }

  private mutating func set(_ flag: ConnectionFlags, to isOn: Bool) {
    if isOn { flags.insert(flag) } else { flags.remove(flag) }
  }

  private mutating func applyKeepAlive(_ wanted: KeepAlive?, now: Instant) {
    guard let wanted else {
      flags.remove(.keepAlive)
      return
    }
    guard !flags.contains(.keepAlive) || keepAlive != wanted else { return }
    keepAlive = wanted
    flags.insert(.keepAlive)
    if state == .established || state == .closeWait { armKeepAlive(now: now) }
  }
}

extension Congestion {
  /// The same windows, moved by another algorithm from here on.
  func continued(by algorithm: CongestionControl, segmentSize: Int) -> Self {
    var next = Self(algorithm, segmentSize: segmentSize)
    next.window = window
    next.threshold = threshold
    return next
  }
}
