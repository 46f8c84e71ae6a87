public import MartletDevice
public import MartletStack
public import MartletWire

/// A DHCP client (RFC 2131): it gets one interface of a stack its address, routes and name servers,
/// and keeps them.
///
/// It does no input or output and reads no clock: its owner passes on the stack's events, calls
/// `poll` at `nextDeadline`, and takes `nextNews`. Addresses and routes it sets itself.
public struct DHCPv4Client: ~Copyable {
  /// The interface.
  public let interface: InterfaceID
  /// Where it stands.
  public internal(set) var state = DHCPv4ClientState.stopped
  /// What it holds; `nil` while it has none.
  public internal(set) var lease: DHCPv4Lease?
  let linkAddress: MACAddress
  let options: DHCPv4ClientOptions
  var socket: UDPHandle?
  /// xid of the exchange under way.
  var transactionID: UInt32 = 0
  /// What is asked for, and of whom.
  var wanted: (address: IPv4Address, server: IPv4Address) = (.unspecified, .unspecified)
  /// When the state moves on by itself.
  var deadline = Instant.distantFuture
  /// How often the message of this state was sent again.
  var retryCount = 0
  /// When this attempt to get an address began.
  var beganAt = Instant.zero
  /// When the last request was sent, from which a lease counts.
  var requestedAt = Instant.zero
  var buffer = ByteBuffer(count: 1500)
  private var news: [DHCPv4News] = []

  /// Makes a client for an Ethernet interface, whose address `linkAddress` is.
  public init(
    interface: InterfaceID, linkAddress: MACAddress,
    options: DHCPv4ClientOptions = DHCPv4ClientOptions()
  ) {
    self.interface = interface
    self.linkAddress = linkAddress
    self.options = options
  }

  /// When `poll` is next needed; `nil` while the client is stopped.
  public var nextDeadline: Instant? { deadline == .distantFuture ? nil : deadline }

  /// Takes what has happened; `nil` when all is told.
  public mutating func nextNews() -> DHCPv4News? { news.isEmpty ? nil : news.removeFirst() }

  mutating func tell(_ item: DHCPv4News) { news.append(item) }

  // MARK: Start and end

  /// Opens port 68 on the interface and begins. Without effect when it has begun.
  ///
  /// Throws what `Stack.openUDP` does.
  public mutating func start(on stack: inout Stack, now: Instant) throws(StackError) {
    guard state == .stopped else { return }
    let socket = try stack.openUDP(on: Endpoint(.unspecified, port: 68), interface: interface)
    do throws(StackError) {
      var options = try stack.options(of: socket)
      options.broadcast = true
      options.multicastInterface = interface
      try stack.setOptions(options, of: socket)
    } catch {
      stack.close(socket)
      throw error
    }
    self.socket = socket
    beganAt = now
    if let previous = options.previousAddress {
      wanted = (previous, .unspecified)
      state = .rebooting
      begin(&stack)
      sendRequest(on: &stack, now: now)
    } else {
      let spread = UInt64(max(0, options.startSpread.microseconds))
      let wait = stack.randomBits().multipliedFullWidth(by: spread).high
      restart(after: .microseconds(Int64(wait)), on: &stack, now: now)
    }
  }

  /// Gives the address back (RFC 2131, section 4.4.6) and stops a second later: until then the server
  /// may have to be asked for its link address.
  public mutating func release(on stack: inout Stack, now: Instant) {
    guard let lease, state != .checking else { return stop(on: &stack) }
    guard state != .releasing else { return }
    sendRelease(lease, on: &stack, now: now)
    state = .releasing
    deadline = now + .seconds(1)
  }

  /// Stops without telling the server; the address is no longer used.
  public mutating func stop(on stack: inout Stack) {
    dropAddress(on: &stack)
    if let socket { stack.close(socket) }
    socket = nil
    state = .stopped
    deadline = .distantFuture
  }

  // MARK: Events

  /// Takes an event of a socket; false when it is not this client's.
  public mutating func handle(
    _ event: SocketEvent, on stack: inout Stack, now: Instant
  ) -> Bool {
    guard case .udp(let handle, _) = event, handle == socket else { return false }
    while receiveMessage(on: &stack, now: now) {}
    return true
  }

  /// Takes note of what happens to the interface's addresses.
  public mutating func handle(_ event: StackEvent, on stack: inout Stack, now: Instant) {
    guard let lease, state != .releasing else { return }
    switch event {
    case .addressReady(lease.address.address, interface) where state == .checking:
      bind(on: &stack, now: now)
    case .addressConflict(lease.address.address, interface, let rival, defended: false):
      // RFC 2131, section 3.1 (5): the server hears of it, and ten seconds pass before the next try.
      sendDecline(lease, on: &stack, now: now)
      lose(.conflict(lease.address.address, by: rival), wait: .seconds(10), on: &stack, now: now)
    default:
      break
    }
  }

  /// Does what time asks for.
  public mutating func poll(on stack: inout Stack, now: Instant) {
    guard now >= deadline else { return }
    switch state {
    case .stopped: deadline = .distantFuture
    case .releasing: stop(on: &stack)
    case .initial:
      state = .selecting
      begin(&stack)
      sendDiscover(on: &stack, now: now)
    case .selecting:
      retryCount += 1
      sendDiscover(on: &stack, now: now)
    case .requesting, .rebooting:
      retryCount += 1
      // RFC 2131, section 3.1 (5): about a minute in all, then from the beginning.
      guard retryCount < 4 else { return restart(after: .zero, on: &stack, now: now) }
      sendRequest(on: &stack, now: now)
    case .checking: finishCheck(on: &stack, now: now)
    case .bound, .renewing, .rebinding: extend(on: &stack, now: now)
    }
  }

  // MARK: Moving on

  /// A new exchange.
  mutating func begin(_ stack: inout Stack) {
    transactionID = UInt32(truncatingIfNeeded: stack.randomBits())
    retryCount = 0
  }

  /// Back to the beginning.
  mutating func restart(after wait: Interval, on stack: inout Stack, now: Instant) {
    state = .initial
    wanted = (.unspecified, .unspecified)
    beganAt = now + wait
    deadline = now + wait
    if wait == .zero { poll(on: &stack, now: now) }
  }

  /// The address is not this host's any more, or never was.
  mutating func lose(
    _ reason: DHCPv4Loss, wait: Interval, on stack: inout Stack, now: Instant
  ) {
    dropAddress(on: &stack)
    tell(.lost(reason))
    restart(after: wait, on: &stack, now: now)
  }

  /// The event that says so may have been lost among others: the stack knows.
  private mutating func finishCheck(on stack: inout Stack, now: Instant) {
    guard let lease else { return restart(after: .zero, on: &stack, now: now) }
    var isUsable = false
    stack.forEachAddress(on: interface) {
      if $0.address == lease.address.address { isUsable = true }
    }
    if isUsable {
      bind(on: &stack, now: now)
    } else {
      lose(.expired, wait: .seconds(10), on: &stack, now: now)
    }
  }

  /// RFC 2131, section 4.4.5: at T1 the own server is asked, at T2 any, at the end it is over.
  private mutating func extend(on stack: inout Stack, now: Instant) {
    guard let lease else { return restart(after: .zero, on: &stack, now: now) }
    if now >= lease.expiry {
      return lose(.expired, wait: .zero, on: &stack, now: now)
    }
    let next: DHCPv4ClientState = now >= lease.rebinding ? .rebinding : .renewing
    if next != state {
      state = next
      beganAt = now
      begin(&stack)
    }
    sendExtension(of: lease, on: &stack, now: now)
    // Half of what is left, but not more often than each minute.
    let end = state == .renewing ? lease.rebinding : lease.expiry
    deadline = min(end, now + max((end - now) / 2, .seconds(60)))
  }
}
