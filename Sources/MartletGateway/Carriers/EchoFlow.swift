internal import Glibc
internal import MartletDevice
internal import MartletHost
internal import MartletReadiness
internal import MartletStack
internal import MartletWire

/// A guest's pings of one host, and the host's ping socket that carries them on.
final class EchoFlow: GatewayFlow {
  /// Who pings whom, under which identifier.
  struct Key: Hashable {
    let guest: IPv4Address
    let destination: IPv4Address
    let identifier: UInt16
  }

  let key: Key
  var isQueued = false
  private(set) var deadline: Instant
  private(set) var outOctets: UInt64 = 0
  private(set) var inOctets: UInt64 = 0
  private let carrier: EchoCarrier
  private let socket: HostSocket
  private var lastRequest: EchoRequest

  init(_ request: EchoRequest, _ socket: HostSocket, of carrier: EchoCarrier) {
    key = Key(request)
    lastRequest = request
    deadline = .zero
    self.socket = socket
    self.carrier = carrier
    socket.whenReady = { [unowned self] _ in self.carrier.service.queue(self) }
    socket.watch(.readable)
  }

  /// Asks in the guest's place. `message` has the payload behind room for an ICMP header.
  func send(
    _ request: EchoRequest, _ message: inout HostBuffer, on stack: inout Stack, now: Instant
  ) {
    lastRequest = request
    deadline = now + carrier.service.options.limits.echoIdleTime
    message.storeEchoHeader(sequence: request.sequence)
    let sent = message.send(0..<8 + request.length, to: socket.number)
    guard sent >= 0 else {
      return fail(Int32(truncatingIfNeeded: -sent), on: &stack, now: now)
    }
    outOctets &+= UInt64(request.length)
    carrier.service.counters.outOctets &+= UInt64(request.length)
  }

  /// Replies.
  func advance(on stack: inout Stack, now: Instant) {
    for _ in 0..<16 {
      let count = carrier.buffer.receive(upTo: .max, from: socket.number)
      guard count >= 0 else {
        return fail(Int32(truncatingIfNeeded: -count), on: &stack, now: now)
      }
      guard let sequence = carrier.buffer.echoReplySequence(count) else { continue }
      let request = EchoRequest(
        source: key.guest, destination: key.destination, identifier: key.identifier,
        sequence: sequence, timeToLive: 64, length: count - 8)
      do throws(StackError) {
        try carrier.buffer.sendReply(
          8..<count, to: request, on: carrier.handle, of: &stack, now: now)
        inOctets &+= UInt64(count - 8)
        carrier.service.counters.inOctets &+= UInt64(count - 8)
      } catch {
        carrier.service.counters.drop(.insideQueueFull)
        return
      }
    }
  }

  private func fail(_ code: Int32, on stack: inout Stack, now: Instant) {
    switch code {
    case EAGAIN, EINTR: return
    case EMSGSIZE: carrier.service.counters.drop(.tooLong)
    case EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, ENETDOWN, ECONNREFUSED:
      carrier.service.counters.drop(.unreachable)
      stack.reportUndelivered(
        lastRequest, because: .hostUnreachable, on: carrier.service.interface, now: now)
    default: carrier.service.counters.drop(.hostFailure)
    }
  }

  func end() {
    socket.unwatch()
    socket.whenReady = { _ in }
  }
}

extension EchoFlow.Key {
  init(_ request: EchoRequest) {
    self.init(
      guest: request.source, destination: request.destination, identifier: request.identifier)
  }
}
