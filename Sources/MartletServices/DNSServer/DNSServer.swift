public import MartletDevice
public import MartletStack
public import MartletWire

/// A name server (RFC 1035) for the network that one interface of a stack is on: it knows the names of
/// the hosts there, both ways, and hands every other question to its owner.
///
/// Of a name under its domain, of a name of one label and of an address in its network it knows all
/// there is: such a question never leaves (no record is NXDOMAIN, or no error without a record when
/// the name has others). By UDP and by TCP, to hosts of its network alone.
///
/// It does no input or output and reads no clock: its owner passes on the stack's events, calls `poll`
/// at `nextDeadline`, takes `nextQuery` and gives `answer` or `fail`.
public struct DNSServer: ~Copyable {
  /// What it answers by itself.
  public let options: DNSServerOptions
  /// What it has done so far.
  public internal(set) var counters = DNSServerCounters()
  var names: [DNSServerName] = []
  var queries: [DNSServerQuery?]
  var streams: [DNSServerStream] = []
  var socket: UDPHandle?
  var listener: ListenerHandle?
  /// Where messages are received.
  var buffer = ByteBuffer(count: 4096)
  /// Where answers are built.
  var answerBuffer = ByteBuffer(count: 65_537)
  private var lastGeneration: UInt32 = 0

  /// Makes a server without names.
  public init(options: DNSServerOptions) {
    self.options = options
    queries = [DNSServerQuery?](repeating: nil, count: max(1, options.queryLimit))
  }

  /// Opens port 53 of `options.server`, by UDP and TCP. Throws what `Stack.openUDP` and
  /// `Stack.listen` do; then nothing is open.
  public mutating func start(on stack: inout Stack) throws(StackError) {
    guard socket == nil else { return }
    let local = Endpoint(options.server.address, port: 53)
    let socket = try stack.openUDP(on: local)
    var listening = ListenerOptions()
    listening.backlog = max(1, options.streamLimit)
    do throws(StackError) {
      listener = try stack.listen(on: local, options: listening)
    } catch {
      stack.close(socket)
      throw error
    }
    self.socket = socket
  }

  /// Closes its sockets and connections; names stay.
  public mutating func stop(on stack: inout Stack, now: Instant) {
    if let socket { stack.close(socket) }
    if let listener { stack.close(listener, now: now) }
    for stream in streams { stack.abort(stream.handle, now: now) }
    (socket, listener, streams) = (nil, nil, [])
    for index in queries.indices { queries[index] = nil }
  }

  // MARK: Names

  /// Lets `label`, one label without dots, name a host; a host may have several names, and a name
  /// one host, the last that was set.
  ///
  /// False, and nothing changed, when the label is none or the table is full.
  @discardableResult
  public mutating func setName(_ label: [UInt8], address: IPv4Address) -> Bool {
    guard let name = DomainName(ascii: label), !name.ascii.contains(UInt8(ascii: ".")) else {
      return false
    }
    names.removeAll { $0.label == name.ascii }
    guard names.count < options.nameLimit else { return false }
    names.append(DNSServerName(label: name.ascii, address: address))
    return true
  }

  /// Forgets the names of a host.
  public mutating func removeNames(of address: IPv4Address) {
    names.removeAll { $0.address == address }
  }

  /// Shows `body` every name and whose it is.
  public func forEachName(_ body: ([UInt8], IPv4Address) -> Void) {
    for name in names { body(name.label, name.address) }
  }

  // MARK: The owner's questions

  /// Takes the next question that its owner is to answer; `nil` when there is none.
  public mutating func nextQuery() -> DNSForward? {
    for index in queries.indices {
      guard let query = queries[index], query.isNew else { continue }
      queries[index]?.isNew = false
      var isStream = false
      if case .stream = query.client { isStream = true }
      return DNSForward(
        id: DNSForward.ID(index: index, generation: query.generation), message: query.message,
        client: query.address, isStream: isStream)
    }
    return nil
  }

  /// Sends what another server said to who has asked; its identifier is set to the client's. Without
  /// effect when the question has waited too long.
  public mutating func answer(
    _ id: DNSForward.ID, with message: RawSpan, on stack: inout Stack, now: Instant
  ) {
    guard let query = take(id) else { return }
    guard message.byteCount >= DNSHeader.length, message.byteCount <= 65_535 else {
      return sendFailure(to: query, on: &stack, now: now)
    }
    var bytes = answerBuffer.mutableBytes
    for offset in 0..<message.byteCount {
      bytes.storeBytes(
        of: message.load(UInt8.self, at: offset), toByteOffset: offset + 2, as: UInt8.self)
    }
    bytes.store(Self.identifier(of: query.message), at: 2)
    sendAnswer(message.byteCount, to: query.client, asking: query.message, on: &stack, now: now)
  }

  /// Tells who has asked that no server could say.
  public mutating func fail(_ id: DNSForward.ID, on stack: inout Stack, now: Instant) {
    guard let query = take(id) else { return }
    sendFailure(to: query, on: &stack, now: now)
  }

  private mutating func take(_ id: DNSForward.ID) -> DNSServerQuery? {
    guard queries.indices.contains(id.index), let query = queries[id.index],
      query.generation == id.generation
    else { return nil }
    queries[id.index] = nil
    return query
  }

  mutating func sendFailure(to query: DNSServerQuery, on stack: inout Stack, now: Instant) {
    counters.failed &+= 1
    let length = buildEmpty(answering: query.message, .serverFailure)
    sendAnswer(length, to: query.client, asking: query.message, on: &stack, now: now)
  }

  /// Keeps a question for the owner; false where there is no room for it.
  mutating func hold(
    _ message: [UInt8], of client: DNSServerClient, at address: IPv4Address, now: Instant
  ) -> Bool {
    var free: Int?
    var own = 0
    for index in queries.indices {
      guard let query = queries[index] else {
        free = free ?? index
        continue
      }
      if query.address == address { own += 1 }
      // Asked again, for want of patience: one answer is enough.
      if query.client == client, query.message == message { return true }
    }
    guard let free, own < max(1, queries.count / 4) else { return false }
    lastGeneration &+= 1
    queries[free] = DNSServerQuery(
      generation: lastGeneration, client: client, address: address, message: message,
      deadline: now + options.patience)
    counters.forwarded &+= 1
    return true
  }

  static func identifier(of message: [UInt8]) -> UInt16 {
    message.count < 2 ? 0 : UInt16(message[0]) << 8 | UInt16(message[1])
  }

  // MARK: Time

  /// When `poll` is next needed; `nil` while nobody waits.
  public var nextDeadline: Instant? {
    var deadline: Instant?
    for case let query? in queries {
      deadline = min(deadline ?? query.deadline, query.deadline)
    }
    for stream in streams { deadline = min(deadline ?? stream.deadline, stream.deadline) }
    return deadline
  }

  /// Ends what has waited too long.
  public mutating func poll(on stack: inout Stack, now: Instant) {
    for index in queries.indices {
      guard let query = queries[index], query.deadline <= now else { continue }
      queries[index] = nil
      sendFailure(to: query, on: &stack, now: now)
    }
    for index in streams.indices.reversed() where streams[index].deadline <= now {
      stack.close(streams.remove(at: index).handle, now: now)
    }
  }
}
