internal import MartletDevice
internal import MartletHost
internal import MartletReadiness
internal import MartletStack
internal import MartletWire

/// A UDP port of the host that leads to a guest's. Each peer outside has a socket of the stack's, so
/// that the guest can tell them apart and its answers find their way.
final class UDPForward: GatewayFlow {
  /// The datagrams that one turn brings.
  private static let budget = 32

  private struct Peer {
    let handle: UDPHandle
    var deadline: Instant
  }

  /// Where the host listens.
  let local: Endpoint
  var isQueued = false
  private let guest: Endpoint
  private unowned let service: GatewayService
  private let socket: HostSocket
  private var peers: [Endpoint: Peer] = [:]
  private var places: [UDPHandle: Endpoint] = [:]
  private var buffer = HostBuffer(byteCount: 65_536)

  /// Listens. Throws why it cannot.
  init(_ forward: GatewayForward, of service: GatewayService) throws(SystemError) {
    self.service = service
    guest = forward.guest
    socket = try HostSocket.open(.datagram, loop: service.loop)
    let result = KernelCalls.bind(socket.number, to: forward.local)
    guard result >= 0 else {
      throw SystemError("bind", code: Int32(truncatingIfNeeded: -result))
    }
    local = KernelCalls.localEndpoint(of: socket.number)
    socket.whenReady = { [unowned self] _ in self.service.queue(self) }
    socket.watch(.readable)
  }

  var peerCount: Int { peers.count }

  /// From outside.
  func advance(on stack: inout Stack, now: Instant) {
    for _ in 0..<Self.budget {
      let (count, sender) = buffer.receiveDatagram(from: socket.number)
      guard count >= 0 else { return }
      guard let handle = handle(of: sender, on: &stack, now: now) else { continue }
      do throws(StackError) {
        try buffer.send(0..<count, on: handle, of: &stack, now: now)
        service.counters.inOctets &+= UInt64(count)
      } catch {
        service.counters.drop(error == .wouldBlock ? .insideQueueFull : .tooLong)
      }
    }
  }

  private func handle(
    of peer: Endpoint, on stack: inout Stack, now: Instant
  ) -> UDPHandle? {
    let deadline = now + service.options.limits.datagramIdleTime
    if let known = peers[peer] {
      peers[peer]?.deadline = deadline
      return known.handle
    }
    guard service.forwardedPeerCount < service.options.limits.forwardedPeers else {
      service.counters.drop(.limit)
      return nil
    }
    do throws(StackError) {
      let handle = try stack.openUDP(
        on: Endpoint(service.options.inside.address, port: 0), interface: service.interface)
      try stack.connect(handle, to: guest)
      peers[peer] = Peer(handle: handle, deadline: deadline)
      places[handle] = peer
      return handle
    } catch {
      service.counters.drop(.limit)
      return nil
    }
  }

  /// From the guest; false when the event is none of this forward's.
  func handle(_ event: SocketEvent, on stack: inout Stack, now: Instant) -> Bool {
    guard case .udp(let handle, let news) = event, let peer = places[handle] else { return false }
    if news.contains(.error) { _ = try? stack.takeError(of: handle) }
    while let datagram = (try? buffer.receive(from: handle, of: &stack)) ?? nil {
      peers[peer]?.deadline = now + service.options.limits.datagramIdleTime
      if buffer.send(0..<datagram.length, to: peer, on: socket.number) < 0 {
        service.counters.drop(.hostQueueFull)
      } else {
        service.counters.outOctets &+= UInt64(datagram.length)
      }
    }
    return true
  }

  /// Forgets peers that were idle for too long.
  func sweep(on stack: inout Stack, now: Instant) {
    for (peer, entry) in peers where entry.deadline <= now {
      stack.close(entry.handle)
      peers[peer] = nil
      places[entry.handle] = nil
    }
  }

  /// Ends it.
  func end(on stack: inout Stack) {
    for entry in peers.values { stack.close(entry.handle) }
    (peers, places) = ([:], [:])
    socket.unwatch()
    socket.whenReady = { _ in }
  }
}
