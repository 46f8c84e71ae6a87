internal import Glibc
internal import MartletDevice
internal import MartletHost
internal import MartletReadiness
internal import MartletServices
internal import MartletStack
internal import MartletWire

/// One guest's question on its way through the host's name servers.
///
/// Each try has a socket of its own, and with it a port that nobody can guess, and an identifier of
/// its own (RFC 5452); an answer counts when identifier and question are those that were sent.
final class HostQuery: GatewayFlow {
  let forward: DNSForward
  var isQueued = false
  private(set) var deadline = Instant.zero
  private let resolver: HostResolver
  private let servers: [Endpoint]
  private var tryCount = 0
  private var socket: HostSocket?
  private var message: [UInt8]
  /// What TCP has brought.
  private var received: [UInt8] = []
  private var hasSent = false

  init(_ forward: DNSForward, servers: [Endpoint], of resolver: HostResolver) {
    self.forward = forward
    self.servers = servers
    self.resolver = resolver
    message = forward.message
  }

  /// Asks the next server, each twice; false when all were.
  func begin(now: Instant) -> Bool {
    while tryCount < 2 * servers.count {
      let server = servers[tryCount % servers.count]
      tryCount += 1
      if ask(server, now: now) { return true }
    }
    return false
  }

  private func ask(_ server: Endpoint, now: Instant) -> Bool {
    drop()
    let kind = forward.isStream ? KernelCalls.Kind.stream : .datagram
    guard let socket = try? HostSocket.open(kind, loop: resolver.service.loop) else { return false }
    let result = KernelCalls.connect(socket.number, to: server)
    guard result == 0 || result == -Int(EINPROGRESS) else { return false }
    let identifier = UInt16.random(in: .min ... .max)
    message[0] = UInt8(identifier >> 8)
    message[1] = UInt8(identifier & 255)
    (received, hasSent) = ([], false)
    if !forward.isStream {
      guard unsafe KernelCalls.send(message.span.bytes, on: socket.number) == message.count else {
        return false
      }
    }
    socket.whenReady = { [unowned self] _ in resolver.service.queue(self) }
    socket.watch(forward.isStream ? .writable : .readable)
    self.socket = socket
    deadline = now + .seconds(2)
    return true
  }

  func advance(on stack: inout Stack, now: Instant) {
    guard let socket else { return }
    if forward.isStream, !hasSent {
      let framed = [UInt8(message.count >> 8 & 255), UInt8(message.count & 255)] + message
      guard KernelCalls.pendingError(of: socket.number) == 0,
        unsafe KernelCalls.send(framed.span.bytes, on: socket.number) == framed.count
      else { return resolver.retry(self, on: &stack, now: now) }
      hasSent = true
      return socket.watch(.readable)
    }
    let (count, bytes) = resolver.receive(from: socket.number)
    if count == -Int(EAGAIN) || count == -Int(EINTR) { return }
    guard count > 0 else { return resolver.retry(self, on: &stack, now: now) }
    guard forward.isStream else {
      if isAnswer(bytes) { resolver.finish(self, with: bytes, on: &stack, now: now) }
      return
    }
    received += bytes
    guard received.count >= 2 else { return }
    let length = Int(received[0]) << 8 | Int(received[1])
    guard received.count >= length + 2 else { return }
    let answer = Array(received[2..<length + 2])
    guard isAnswer(answer) else { return resolver.retry(self, on: &stack, now: now) }
    resolver.finish(self, with: answer, on: &stack, now: now)
  }

  /// Whether bytes answer what was asked.
  private func isAnswer(_ bytes: [UInt8]) -> Bool {
    let message = message
    guard var answer = unsafe try? DNSReader(bytes.span.bytes), answer.header.isResponse,
      answer.header.identifier == UInt16(message[0]) << 8 | UInt16(message[1]),
      var asked = unsafe try? DNSReader(message.span.bytes),
      let question = try? asked.nextQuestion()
    else { return false }
    // A server that could not read the question need not repeat it.
    guard let repeated = try? answer.nextQuestion() else {
      return answer.header.responseCode != .noError
    }
    return repeated.type == question.type && repeated.recordClass == question.recordClass
      && repeated.name.matches(question.name)
  }

  /// Lets go of the socket.
  func drop() {
    socket?.unwatch()
    socket?.whenReady = { _ in }
    socket = nil
  }
}
