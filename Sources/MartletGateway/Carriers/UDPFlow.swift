internal import Glibc
internal import MartletDevice
internal import MartletHost
internal import MartletReadiness
internal import MartletStack
internal import MartletWire

/// A guest's UDP conversation with one peer, and the host's socket that carries it on.
///
/// The socket is connected, so that only the peer's answers come by it and the kernel reports that
/// nobody listens there; to another peer the guest has another socket and another port.
final class UDPFlow: GatewayFlow {
  /// The datagrams that one turn brings.
  private static let budget = 32

  let ends: FlowPair
  var isQueued = false
  private(set) var deadline: Instant
  private(set) var outOctets: UInt64 = 0
  private(set) var inOctets: UInt64 = 0
  private let carrier: UDPCarrier
  private let socket: HostSocket

  init(_ ends: FlowPair, _ socket: HostSocket, of carrier: UDPCarrier, until deadline: Instant) {
    self.ends = ends
    self.socket = socket
    self.carrier = carrier
    self.deadline = deadline
    socket.whenReady = { [unowned self] _ in self.carrier.service.queue(self) }
    socket.watch(.readable)
  }

  var hasAnswer: Bool { inOctets > 0 }

  /// A datagram of the guest, the first `count` bytes of `buffer`.
  func send(
    _ count: Int, of buffer: borrowing HostBuffer, on stack: inout Stack, now: Instant
  ) {
    let sent = buffer.send(0..<count, to: socket.number)
    guard sent >= 0 else {
      return fail(Int32(truncatingIfNeeded: -sent), on: &stack, now: now)
    }
    outOctets &+= UInt64(count)
    carrier.service.counters.outOctets &+= UInt64(count)
    touch(now)
  }

  /// Datagrams of the peer.
  func advance(on stack: inout Stack, now: Instant) {
    for _ in 0..<Self.budget {
      let count = carrier.buffer.receive(upTo: .max, from: socket.number)
      guard count >= 0 else {
        return fail(Int32(truncatingIfNeeded: -count), on: &stack, now: now)
      }
      do throws(StackError) {
        try carrier.buffer.send(
          0..<count, to: ends.guest, from: ends.destination, on: carrier.handle, of: &stack,
          now: now)
        inOctets &+= UInt64(max(1, count))
        carrier.service.counters.inOctets &+= UInt64(count)
        touch(now)
      } catch {
        carrier.service.counters.drop(error == .wouldBlock ? .insideQueueFull : .tooLong)
        // The others wait in the kernel until what is queued has left.
        return
      }
    }
  }

  private func touch(_ now: Instant) {
    let limits = carrier.service.options.limits
    deadline = now + (hasAnswer ? limits.datagramIdleTime : limits.unansweredIdleTime)
  }

  /// What the kernel said: of an ICMP error the guest hears.
  private func fail(_ code: Int32, on stack: inout Stack, now: Instant) {
    let reason: EndReason
    switch code {
    case EAGAIN, EINTR: return
    case ENOBUFS:
      carrier.service.counters.drop(.hostQueueFull)
      return
    case EMSGSIZE:
      carrier.service.counters.drop(.tooLong)
      return
    case ECONNREFUSED:
      carrier.service.counters.drop(.refused)
      reason = .portUnreachable
    case EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, ENETDOWN:
      carrier.service.counters.drop(.unreachable)
      reason = .hostUnreachable
    default:
      carrier.service.counters.drop(.hostFailure)
      reason = .prohibited
    }
    stack.reportUndelivered(
      from: ends.guest, to: ends.destination, because: reason, on: carrier.service.interface,
      now: now)
  }

  func end() {
    socket.unwatch()
    socket.whenReady = { _ in }
  }
}
