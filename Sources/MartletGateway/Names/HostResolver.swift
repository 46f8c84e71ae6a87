internal import MartletDevice
internal import MartletHost
internal import MartletServices
internal import MartletStack
internal import MartletWire

/// Asks the host's name servers what the gateway's does not know.
final class HostResolver {
  unowned let service: GatewayService
  private var file: ResolverFile
  private var queries: [DNSForward.ID: HostQuery] = [:]
  var buffer = HostBuffer(byteCount: 65_536)

  init(of service: GatewayService) {
    self.service = service
    file = ResolverFile(path: service.options.nameServerFile)
  }

  var isEmpty: Bool { queries.isEmpty }

  /// Begins with a question.
  func ask(_ forward: DNSForward, on stack: inout Stack, now: Instant) {
    let servers = service.options.nameServers ?? file.servers(now: now)
    let query = HostQuery(forward, servers: servers, of: self)
    queries[forward.id] = query
    if !query.begin(now: now) { fail(query, on: &stack, now: now) }
  }

  /// What a server has sent, or the negated `errno`.
  func receive(from socket: Int32) -> (count: Int, bytes: [UInt8]) {
    let count = buffer.receive(upTo: .max, from: socket)
    return (count, buffer.array(max(0, count)))
  }

  /// A server does not answer, or not with sense.
  func retry(_ query: HostQuery, on stack: inout Stack, now: Instant) {
    if !query.begin(now: now) { fail(query, on: &stack, now: now) }
  }

  func finish(
    _ query: HostQuery, with answer: [UInt8], on stack: inout Stack, now: Instant
  ) {
    query.drop()
    queries[query.forward.id] = nil
    service.counters.namesAnswered &+= 1
    unsafe service.names?.answer(query.forward.id, with: answer.span.bytes, on: &stack, now: now)
  }

  private func fail(_ query: HostQuery, on stack: inout Stack, now: Instant) {
    query.drop()
    queries[query.forward.id] = nil
    service.counters.namesFailed &+= 1
    service.names?.fail(query.forward.id, on: &stack, now: now)
  }

  /// Asks the next server where one was silent.
  func sweep(on stack: inout Stack, now: Instant) {
    for query in queries.values where query.deadline <= now {
      retry(query, on: &stack, now: now)
    }
  }

  /// Ends everything.
  func end() {
    for query in queries.values { query.drop() }
    queries = [:]
  }
}
