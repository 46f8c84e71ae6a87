public import MartletDevice
public import MartletStack
public import MartletWire

/// A stub resolver (RFC 1035): it asks name servers for the IPv4 addresses of names, and remembers
/// what they say.
///
/// Each message goes out with a new random identifier from a new random port, so that a stranger
/// cannot guess what an answer must look like (RFC 5452); what is asked for already is not asked for
/// twice. An answer too long for UDP is fetched by TCP.
///
/// It does no input or output and reads no clock: its owner passes on the stack's events, calls
/// `poll` at `nextDeadline`, and takes `nextAnswer`.
public struct DNSResolver: ~Copyable {
  /// The rounds in which all servers are asked, the time for each doubling from two seconds on.
  private static var roundCount: Int { 3 }

  /// Who is asked, the preferred first.
  public private(set) var servers: [IPv4Address]
  private let queryLimit: Int
  var queries: [DNSQuery] = []
  var cache: DNSCache
  var buffer = ByteBuffer(count: 4096)
  private var answers: [DNSAnswer] = []
  private var lastID: UInt64 = 0

  /// Makes a resolver that looks for up to `queryLimit` names at once and remembers up to
  /// `cacheCapacity`.
  public init(servers: [IPv4Address] = [], queryLimit: Int = 32, cacheCapacity: Int = 256) {
    self.servers = servers
    self.queryLimit = max(1, queryLimit)
    cache = DNSCache(capacity: cacheCapacity)
  }

  /// Asks others from now on, and forgets what the old ones said: another network may know other
  /// names.
  public mutating func setServers(_ servers: [IPv4Address]) {
    guard servers != self.servers else { return }
    self.servers = servers
    cache.removeAll()
  }

  /// The names being looked for.
  public var queryCount: Int { queries.count }

  /// When `poll` is next needed; `nil` while nothing is looked for.
  public var nextDeadline: Instant? {
    var deadline: Instant?
    for query in queries { deadline = earliest(deadline, query.deadline) }
    return deadline
  }

  /// Takes an answer; `nil` when there is none yet.
  public mutating func nextAnswer() -> DNSAnswer? {
    answers.isEmpty ? nil : answers.removeFirst()
  }

  /// Begins to look for a name's addresses. `nextAnswer` has them: at once if they are remembered.
  ///
  /// Throws `noServers`, `tooManyQueries`.
  public mutating func resolve(
    _ name: DomainName, on stack: inout Stack, now: Instant
  ) throws(DNSFailure) -> DNSQueryID {
    let id = DNSQueryID(rawValue: lastID &+ 1)
    if let outcome = cache.find(name, now: now) {
      answers.append(DNSAnswer(query: id, outcome: outcome))
    } else if let index = queries.firstIndex(where: { $0.name == name }) {
      queries[index].askers.append(id)
    } else {
      guard !servers.isEmpty else { throw .noServers }
      guard queries.count < queryLimit else { throw .tooManyQueries }
      queries.append(DNSQuery(name, asker: id))
      ask(queries.count - 1, on: &stack, now: now)
    }
    lastID &+= 1
    return id
  }

  /// Forgets a question; the answer, if it comes at all, is nobody's.
  public mutating func cancel(_ id: DNSQueryID, on stack: inout Stack, now: Instant) {
    answers.removeAll { $0.query == id }
    guard let index = queries.firstIndex(where: { $0.askers.contains(id) }) else { return }
    queries[index].askers.removeAll { $0 == id }
    guard queries[index].askers.isEmpty else { return }
    endExchange(index, on: &stack, now: now)
    queries.remove(at: index)
  }

  /// Does what time asks for: who has not answered is passed over.
  public mutating func poll(on stack: inout Stack, now: Instant) {
    var index = queries.count - 1
    // Backwards, because one that fails leaves the array.
    while index >= 0 {
      if queries[index].deadline <= now { tryNext(index, on: &stack, now: now) }
      index -= 1
    }
  }

  // MARK: Asking

  /// Sends the question of `queries[index]` to the server whose turn it is, or to the first after it
  /// to whom it can be sent.
  mutating func ask(_ index: Int, on stack: inout Stack, now: Instant) {
    let limit = servers.count * Self.roundCount
    while queries[index].attempt < limit {
      let attempt = queries[index].attempt
      endExchange(index, on: &stack, now: now)
      queries[index].identifier = UInt16(truncatingIfNeeded: stack.randomBits())
      queries[index].deadline = now + .seconds(2 << Int64(attempt / servers.count))
      let server = Endpoint(servers[attempt % servers.count], port: 53)
      if openDatagrams(index, to: server, on: &stack, now: now) { return }
      queries[index].attempt += 1
    }
    finish(index, .failed(queries[index].failure), seconds: 0, on: &stack, now: now)
  }

  /// Passes over the server that was asked last.
  mutating func tryNext(_ index: Int, on stack: inout Stack, now: Instant) {
    queries[index].attempt += 1
    ask(index, on: &stack, now: now)
  }

  /// The server that was asked last.
  func server(of index: Int) -> Endpoint? {
    guard !servers.isEmpty else { return nil }
    return Endpoint(servers[queries[index].attempt % servers.count], port: 53)
  }

  // MARK: Answers

  /// Does what a server's message says.
  mutating func take(_ response: DNSResponse, of index: Int, on stack: inout Stack, now: Instant) {
    switch response {
    case .addresses(let addresses, let seconds):
      finish(
        index, .addresses(addresses), seconds: min(seconds, queries[index].seconds), on: &stack,
        now: now)
    case .absent(let failure, let seconds):
      finish(
        index, .failed(failure), seconds: min(seconds, queries[index].seconds), on: &stack,
        now: now)
    case .alias(let name, let seconds):
      queries[index].aliasCount += 1
      guard queries[index].aliasCount <= DNSResponse.aliasLimit else {
        return finish(index, .failed(.tooManyAliases), seconds: 0, on: &stack, now: now)
      }
      queries[index].current = name
      queries[index].seconds = min(queries[index].seconds, seconds)
      queries[index].attempt = 0
      ask(index, on: &stack, now: now)
    case .tooManyAliases:
      finish(index, .failed(.tooManyAliases), seconds: 0, on: &stack, now: now)
    case .truncated: askAgainByTCP(index, on: &stack, now: now)
    case .failed:
      queries[index].failure = .serverFailed
      tryNext(index, on: &stack, now: now)
    }
  }

  private mutating func finish(
    _ index: Int, _ outcome: DNSAnswer.Outcome, seconds: UInt32, on stack: inout Stack,
    now: Instant
  ) {
    endExchange(index, on: &stack, now: now)
    let query = queries.remove(at: index)
    for asker in query.askers { answers.append(DNSAnswer(query: asker, outcome: outcome)) }
    cache.insert(outcome, for: query.name, seconds: seconds, now: now)
  }
}
