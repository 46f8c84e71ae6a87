internal import Glibc
internal import MartletDevice
internal import MartletHost
internal import MartletReadiness
internal import MartletStack
internal import MartletWire

/// A guest's TCP connection that ends on our stack, and the host's connection that carries it on.
///
/// The host's is made first: only then is the guest's SYN answered, so that a refusal is one. Neither
/// side is read faster than the other takes: what the guest sends waits in our receive window until
/// the kernel has room, and nothing is read from the kernel that our send queue has no room for.
final class TCPFlow: GatewayFlow {
  /// The bytes that one turn moves in each direction.
  private static let budget = 256 * 1024

  enum State: Equatable {
    /// The host's connection is being made.
    case connecting
    /// The guest's SYN is answered.
    case answered
    case open
    case ended
  }

  let ends: FlowPair
  private(set) var state = State.connecting
  var isQueued = false
  /// When it is over if nothing moves.
  private(set) var deadline: Instant
  private(set) var outOctets: UInt64 = 0
  private(set) var inOctets: UInt64 = 0
  private let carrier: TCPCarrier
  private let request: ConnectionRequest
  private let socket: HostSocket
  private(set) var handle: TCPHandle?
  private var ready = DescriptorEvents()
  private var guestHasEnded = false
  private var hostHasEnded = false

  init(
    _ request: ConnectionRequest, _ socket: HostSocket, of carrier: TCPCarrier,
    until deadline: Instant
  ) {
    ends = FlowPair(guest: request.source, destination: request.destination)
    self.request = request
    self.socket = socket
    self.carrier = carrier
    self.deadline = deadline
    socket.whenReady = { [unowned self] events in
      ready.formUnion(events)
      self.carrier.service.queue(self)
    }
    socket.watch(.writable)
  }

  // MARK: Being made

  func advance(on stack: inout Stack, now: Instant) {
    let events = ready
    ready = []
    switch state {
    case .connecting: finishConnecting(on: &stack, now: now)
    // Until the guest completes its handshake the host's side can only break off.
    case .answered: socket.unwatch()
    case .open:
      if events == .ended, let code = pendingError {
        return endByHost(code, on: &stack, now: now)
      }
      move(on: &stack, now: now, hostIsReadable: true)
      // An end without an error that nobody waits for would be told of for ever.
      if state == .open, events.contains(.ended), !wantsToRead { socket.unwatch() }
    case .ended: break
    }
  }

  private var pendingError: Int32? {
    let code = KernelCalls.pendingError(of: socket.number)
    return code == 0 ? nil : code
  }

  private func finishConnecting(on stack: inout Stack, now: Instant) {
    if let code = pendingError {
      carrier.refuse(request, code: code, on: &stack, now: now)
      return end()
    }
    KernelCalls.setOption(TCP_NODELAY, level: Int32(IPPROTO_TCP), on: socket.number)
    socket.unwatch()
    state = .answered
    deadline = now + .seconds(30)
    stack.answer(request, accepting: true, now: now)
  }

  /// The guest has completed its handshake.
  func open(_ handle: TCPHandle, on stack: inout Stack, now: Instant) {
    self.handle = handle
    state = .open
    carrier.service.counters.connections &+= 1
    socket.watch(.readable)
    move(on: &stack, now: now, hostIsReadable: true)
  }

  /// It took too long.
  func expire(on stack: inout Stack, now: Instant) {
    switch state {
    case .connecting:
      carrier.service.counters.drop(.connectTime)
      stack.refuse(request, because: .timedOut, now: now)
    case .answered: carrier.service.counters.drop(.abandoned)
    case .open: carrier.service.counters.drop(.idle)
    case .ended: return
    }
    breakOff(on: &stack, now: now)
  }

  // MARK: Moving

  /// What the guest's side has to say.
  func handle(_ news: Readiness, on stack: inout Stack, now: Instant) {
    guard state == .open, let handle else { return }
    if news.contains(.ended), let status = try? stack.status(of: handle), status.state == .closed,
      status.endReason != .closed
    {
      return endByGuest(on: &stack, now: now)
    }
    move(on: &stack, now: now, hostIsReadable: news.contains(.writable))
  }

  private func move(on stack: inout Stack, now: Instant, hostIsReadable: Bool) {
    guard let handle else { return }
    var isStalled = false
    do throws(StackError) {
      let before = outOctets &+ inOctets
      isStalled = try moveOut(handle, on: &stack, now: now)
      guard state == .open else { return }
      if hostIsReadable, !hostHasEnded { try moveIn(handle, on: &stack, now: now) }
      guard state == .open else { return }
      if outOctets &+ inOctets != before { touch(now) }
    } catch {
      return endByGuest(on: &stack, now: now)
    }
    if guestHasEnded, hostHasEnded {
      stack.close(handle, now: now)
      return end()
    }
    var events = DescriptorEvents()
    if wantsToRead { events.insert(.readable) }
    if isStalled { events.insert(.writable) }
    socket.watch(events)
  }

  private func touch(_ now: Instant) {
    let limits = carrier.service.options.limits
    deadline =
      now
      + (guestHasEnded || hostHasEnded ? limits.halfClosedIdleTime : limits.connectionIdleTime)
  }

  /// Whether the host's side may be read: it has not ended, and our send queue had room.
  private var wantsToRead: Bool { !hostHasEnded && !guestIsFull }
  private var guestIsFull = false

  /// From the guest to the host. Returns whether the host's socket is full: it wakes us when it is not.
  private func moveOut(
    _ handle: TCPHandle, on stack: inout Stack, now: Instant
  ) throws(StackError) -> Bool {
    guard !guestHasEnded else { return false }
    var moved = 0
    while moved < Self.budget {
      var code = 0
      let number = socket.number
      let result = try stack.withReceived(on: handle, now: now) { bytes in
        let sent = KernelCalls.send(bytes, on: number)
        if sent < 0 { code = sent }
        return max(0, sent)
      }
      switch result {
      case .bytes(let count) where count > 0:
        moved += count
        outOctets &+= UInt64(count)
        carrier.service.counters.outOctets &+= UInt64(count)
      case .bytes:
        if code == -Int(EAGAIN) || code == -Int(EINTR) || code == -Int(ENOBUFS) { return true }
        endByHost(Int32(truncatingIfNeeded: -code), on: &stack, now: now)
        return false
      case .nothingYet: return false
      case .endOfStream:
        guestHasEnded = true
        _ = Glibc.shutdown(number, Int32(SHUT_WR))
        touch(now)
        return false
      }
    }
    carrier.service.queue(self)
    return false
  }

  /// From the host to the guest.
  private func moveIn(
    _ handle: TCPHandle, on stack: inout Stack, now: Instant
  ) throws(StackError) {
    var moved = 0
    while moved < Self.budget {
      let room = min(carrier.buffer.byteCount, try stack.sendRoom(of: handle))
      guestIsFull = room == 0
      guard room > 0 else { return }
      let count = carrier.buffer.receive(upTo: room, from: socket.number)
      if count == 0 {
        hostHasEnded = true
        try stack.shutdown(handle, now: now)
        return touch(now)
      }
      guard count > 0 else {
        if count != -Int(EAGAIN), count != -Int(EINTR) {
          endByHost(Int32(truncatingIfNeeded: -count), on: &stack, now: now)
        }
        return
      }
      // All of it finds room: nobody else has sent since that was asked.
      let sent = try carrier.buffer.send(0..<count, on: handle, of: &stack, now: now)
      precondition(sent == count, "the send queue took less than it said")
      moved += count
      inOctets &+= UInt64(count)
      carrier.service.counters.inOctets &+= UInt64(count)
      if count < room { return }
    }
  }

  // MARK: End

  /// The host's side broke off: so does the guest's.
  private func endByHost(_ code: Int32, on stack: inout Stack, now: Instant) {
    carrier.service.counters.resets &+= 1
    breakOff(on: &stack, now: now)
  }

  /// The guest's side broke off: so does the host's.
  private func endByGuest(on stack: inout Stack, now: Instant) {
    carrier.service.counters.resets &+= 1
    breakOff(on: &stack, now: now)
  }

  /// Ends both sides at once.
  func breakOff(on stack: inout Stack, now: Instant) {
    if let handle { stack.abort(handle, now: now) }
    socket.breakOff()
    end()
  }

  private func end() {
    guard state != .ended else { return }
    state = .ended
    socket.unwatch()
    socket.whenReady = { _ in }
    carrier.remove(self)
  }
}
