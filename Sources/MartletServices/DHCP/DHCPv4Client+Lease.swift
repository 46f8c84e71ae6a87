internal import MartletDevice
internal import MartletStack
internal import MartletWire

/// What servers say, and what becomes of it.
extension DHCPv4Client {
  /// Takes the next message of the socket; false when there is none.
  mutating func receiveMessage(on stack: inout Stack, now: Instant) -> Bool {
    guard let socket else { return false }
    var bytes = buffer.mutableBytes
    guard let datagram = try? stack.receive(from: socket, into: &bytes) else { return false }
    guard datagram.source.port == 67, datagram.length <= buffer.bytes.byteCount else { return true }
    let reply = Reply(
      buffer.bytes.extracting(0..<datagram.length), to: linkAddress, transactionID,
      requestedAt: requestedAt)
    if let reply { take(reply, on: &stack, now: now) }
    return true
  }

  /// What a message of a server says to this client.
  private enum Reply {
    case offer(IPv4Address, server: IPv4Address)
    case acknowledgment(DHCPv4Lease)
    case refusal(server: IPv4Address?)

    /// `nil` for what is no message, is for another client or of another exchange, or lacks what it
    /// must have.
    init?(
      _ bytes: RawSpan, to client: MACAddress, _ transactionID: UInt32, requestedAt: Instant
    ) {
      guard let message = try? DHCPv4View(parsing: bytes), !message.isRequest,
        message.transactionID == transactionID, message.clientMAC == client
      else { return nil }
      switch message.messageType {
      case .offer:
        guard let server = message.serverIdentifier, message.yourAddress.isUnicast else {
          return nil
        }
        self = .offer(message.yourAddress, server: server)
      case .acknowledge:
        guard let lease = DHCPv4Lease(message, requestedAt: requestedAt) else { return nil }
        self = .acknowledgment(lease)
      case .refuse: self = .refusal(server: message.serverIdentifier)
      default: return nil
      }
    }
  }

  private mutating func take(_ reply: Reply, on stack: inout Stack, now: Instant) {
    switch (state, reply) {
    case (.selecting, .offer(let address, let server)):
      // The first is as good as any that may still come.
      wanted = (address, server)
      state = .requesting
      retryCount = 0
      sendRequest(on: &stack, now: now)
    case (.requesting, .acknowledgment(let lease)):
      guard lease.server == wanted.server else { return }
      acquire(lease, on: &stack, now: now)
    case (.rebooting, .acknowledgment(let lease)): acquire(lease, on: &stack, now: now)
    case (.renewing, .acknowledgment(let lease)), (.rebinding, .acknowledgment(let lease)):
      renew(lease, on: &stack, now: now)
    case (.requesting, .refusal(let server)):
      guard server == nil || server == wanted.server else { return }
      lose(.refused, wait: .seconds(1), on: &stack, now: now)
    case (.rebooting, .refusal), (.renewing, .refusal), (.rebinding, .refusal):
      lose(.refused, wait: .seconds(1), on: &stack, now: now)
    default: break
    }
  }

  /// A new address: it is probed for, or used at once.
  private mutating func acquire(_ lease: DHCPv4Lease, on stack: inout Stack, now: Instant) {
    dropAddress(on: &stack)
    do throws(StackError) {
      try stack.addAddress(lease.address, on: interface, probing: options.checksAddress)
    } catch {
      sendDecline(lease, on: &stack, now: now)
      return lose(.unusable(error), wait: .seconds(10), on: &stack, now: now)
    }
    self.lease = lease
    if options.checksAddress {
      state = .checking
      deadline = now + .seconds(15)
    } else {
      bind(on: &stack, now: now)
    }
  }

  /// The address is in use from now on.
  mutating func bind(on stack: inout Stack, now: Instant) {
    guard let lease else { return }
    state = .bound
    deadline = lease.renewal
    applySettings(of: lease, on: &stack)
    tell(.bound(lease))
  }

  /// The lease goes on, usually with the same address.
  private mutating func renew(_ new: DHCPv4Lease, on stack: inout Stack, now: Instant) {
    guard let old = lease, old.address == new.address else {
      return acquire(new, on: &stack, now: now)
    }
    if old.routes != new.routes { removeRoutes(of: old, on: &stack) }
    lease = new
    state = .bound
    deadline = new.renewal
    applySettings(of: new, on: &stack)
    tell(.renewed(new))
  }

  // MARK: Settings

  /// On-link routes first: the routers of others may lie behind them. What the stack does not take
  /// is left out; its address works all the same.
  private func applySettings(of lease: DHCPv4Lease, on stack: inout Stack) {
    for route in lease.routes where route.router.isUnspecified {
      try? stack.addRoute(to: route.destination, on: interface)
    }
    for route in lease.routes where !route.router.isUnspecified {
      try? stack.addRoute(to: route.destination, via: route.router)
    }
    if let mtu = lease.maximumTransmissionUnit {
      try? stack.setMaximumTransmissionUnit(mtu, of: interface)
    }
  }

  private func removeRoutes(of lease: DHCPv4Lease, on stack: inout Stack) {
    for route in lease.routes {
      stack.removeRoute(
        to: route.destination, via: route.router.isUnspecified ? nil : route.router)
    }
  }

  /// Takes address and routes back, as far as they are there.
  mutating func dropAddress(on stack: inout Stack) {
    guard let lease else { return }
    removeRoutes(of: lease, on: &stack)
    try? stack.removeAddress(lease.address.address)
    self.lease = nil
  }
}
