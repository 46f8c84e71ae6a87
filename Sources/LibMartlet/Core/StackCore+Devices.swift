internal import Glibc
internal import MartletDevice
internal import MartletHost
internal import MartletStack
internal import MartletWire

/// Frames in and out.
extension StackCore {
  /// The frames that a link may bring in one turn.
  private static var budget: Int { 64 }

  /// Gives the stack its link, in place of the one it had.
  private mutating func replaceLink(_ capabilities: DeviceCapabilities) throws(SocketError) {
    do throws(StackError) {
      if let link { try stack.removeInterface(link) }
      link = nil
      let interface = try stack.addInterface(capabilities)
      link = interface
      try stack.addAddress(settings.prefix, on: interface)
      if let gateway = settings.gateway {
        try stack.addRoute(to: IPv4Prefix(.unspecified, length: 0), via: gateway)
      }
    } catch {
      throw SocketError(EINVAL)
    }
  }

  /// Lets the caller carry the frames.
  mutating func attach(_ device: consuming QueueDevice) throws(SocketError) {
    try replaceLink(device.capabilities)
    queue = consume device
  }

  /// Lets a TAP carry the frames. Throws `EALREADY` when one does.
  mutating func attach(_ device: consuming TunTapDevice) throws(SocketError) {
    guard tap == nil else { throw SocketError(EALREADY) }
    guard device.capabilities.medium == .ethernet else { throw SocketError(EINVAL) }
    try replaceLink(device.capabilities)
    queue = nil
    descriptors = [device.readinessDescriptor]
    tap = consume device
  }

  mutating func takeIn(now: Instant) -> Bool {
    guard let link, tap != nil else { return false }
    return tapTurn(link, now: now) == Self.budget
  }

  private mutating func tapTurn(_ link: InterfaceID, now: Instant) -> Int {
    guard var device = tap.take() else { return 0 }
    let count = stack.service(&device, as: link, now: now, budget: Self.budget)
    if device.hasEnded {
      // It would be reported as readable for ever.
      descriptors = []
    } else {
      tap = consume device
    }
    return count
  }

  mutating func settle(now: Instant) {
    if let deadline = stack.nextDeadline, deadline <= now { stack.poll(now: now) }
    flush(now: now)
    // What the loopback brings may want to be sent by the link, and the other way round.
    isMore = !settleLoopback(now: now)
    flush(now: now)
  }

  /// Moves what goes round; false when more is left than one turn may move.
  private mutating func settleLoopback(now: Instant) -> Bool {
    guard let loopbackInterface else { return true }
    for _ in 0..<16 {
      let hadWork = stack.hasWork(on: loopbackInterface)
      let count = stack.service(&loopback, as: loopbackInterface, now: now, budget: Self.budget)
      // What was sent in this round is received in the next.
      if count == 0, !hadWork { return true }
    }
    return false
  }

  private mutating func flush(now: Instant) {
    guard let link, stack.hasWork(on: link) else { return }
    if var device = tap.take() {
      stack.flush(to: &device, from: link, now: now)
      tap = consume device
    } else if var device = queue.take() {
      let before = device.outgoingCount
      stack.flush(to: &device, from: link, now: now)
      if device.outgoingCount > before { ownNews.append(Self.outputKey) }
      queue = consume device
    }
  }

  var nextDeadline: Instant? { isMore ? now : stack.nextDeadline }

  // MARK: Frames by call

  /// Hands a frame in. Throws `ENOTCONN` where a TAP carries them, `EMSGSIZE`.
  mutating func takeFrame(_ frame: RawSpan, now: Instant) throws(SocketError) {
    guard let link, let limit = queue?.capabilities.maximumFrameLength else {
      throw SocketError(EALREADY)
    }
    guard frame.byteCount <= limit else { throw SocketError(EMSGSIZE) }
    stack.receive(frame, on: link, now: now)
  }

  /// Takes a frame out and hands it to `body`; `nil` when none waits.
  mutating func giveFrame<Result>(
    _ body: (RawSpan) -> Result
  ) throws(SocketError) -> Result? {
    guard var device = queue.take() else { throw SocketError(EALREADY) }
    var result: Result?
    _ = device.remove(budget: 1) { frame, _ in result = body(frame) }
    queue = consume device
    return result
  }
}
