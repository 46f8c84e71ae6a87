import MartletDevice
import MartletNodes
import MartletStack
import MartletWire

/// A client's stack and a node on one cable, in virtual time.
struct Neighbours: ~Copyable {
  var client: Stack
  var node: Stack
  var services: NodeServices
  var now = Neighbours.start
  private var clientDevice: MemoryLink.End
  private var nodeDevice: MemoryLink.End
  private let clientInterface: InterfaceID
  private let nodeInterface: InterfaceID

  static let start = Instant(milliseconds: 1000)
  static let clientAddress = IPv4Address(10, 0, 0, 1)
  static let nodeAddress = IPv4Address(10, 0, 0, 2)
  /// 24 November 2026, 16:25:07 UTC.
  static let date: Int64 = 1_795_537_507

  init(
    configuration: Configuration = Neighbours.configuration(), limits: WebLimits = WebLimits()
  ) throws {
    func capabilities(_ last: UInt8) -> DeviceCapabilities {
      DeviceCapabilities(
        medium: .ethernet, maximumTransmissionUnit: 1500,
        linkAddress: MACAddress(2, 0, 0, 0, 0, last), maximumBurst: 64)
    }
    let link = MemoryLink(capabilities(1), capabilities(2), frameCount: 1024)
    var client = Stack(configuration: Self.configuration(), seed: Seed(high: 7, low: 1))
    var node = Stack(configuration: configuration, seed: Seed(high: 7, low: 2))
    let clientInterface = try client.addInterface(link.first.capabilities)
    let interface = try node.addInterface(link.second.capabilities)
    try client.addAddress(IPv4Prefix(Self.clientAddress, length: 24), on: clientInterface)
    try node.addAddress(IPv4Prefix(Self.nodeAddress, length: 24), on: interface)
    let identity = NodeIdentity(
      name: Array("a<b".utf8), address: Self.nodeAddress,
      linkAddress: link.second.capabilities.linkAddress)
    let services = try NodeServices(
      site: NodeSite(identity, interface: interface, start: Self.start), on: &node,
      connectionCount: configuration.connectionCount, webLimits: limits)
    self.services = services
    self.clientInterface = clientInterface
    nodeInterface = interface
    self.client = client
    self.node = node
    clientDevice = link.first
    nodeDevice = link.second
  }

  static func configuration() -> Configuration {
    var configuration = Configuration()
    configuration.blockCount = 2048
    configuration.connectionCount = 64
    configuration.halfOpenCount = 64
    configuration.timeWaitCount = 64
    configuration.udpSocketCount = 8
    return configuration
  }

  /// Lets time pass.
  mutating func run(for interval: Interval) { run(for: interval) { _ in true } }

  /// Lets time pass until `body`, which looks after every step, returns false, or at most so long.
  mutating func run(
    for interval: Interval, while body: (inout Neighbours) throws -> Bool
  ) rethrows {
    let end = now + interval
    while true {
      settle()
      guard try body(&self) else { return }
      settle()
      guard now < end else { return }
      var next = end
      for deadline in [client.nextDeadline, node.nextDeadline, services.nextDeadline] {
        if let deadline { next = min(next, deadline) }
      }
      // A deadline that stays in the past would be a node that spins.
      now = max(next, now + .microseconds(1))
      client.poll(now: now)
      node.poll(now: now)
      services.poll(on: &node, now: now)
    }
  }

  /// Moves frames until none moves any more.
  private mutating func settle() {
    var isMoving = true
    while isMoving {
      let there = node.service(&nodeDevice, as: nodeInterface, now: now)
      while let event = node.nextEvent() {
        _ = services.handle(event, on: &node, now: now, date: Self.date)
      }
      node.flush(to: &nodeDevice, from: nodeInterface, now: now)
      let back = client.service(&clientDevice, as: clientInterface, now: now)
      isMoving =
        there > 0 || back > 0 || nodeDevice.waitingCount > 0
        || clientDevice.waitingCount > 0
    }
  }

  // MARK: A client

  /// Opens a connection to a port of the node.
  mutating func connect(_ port: UInt16) throws -> TCPHandle {
    let handle = try client.connect(to: Endpoint(Self.nodeAddress, port: port), now: now)
    run(for: .seconds(1)) { net in
      (try? net.client.status(of: handle).state) == .synSent
    }
    return handle
  }

  /// Sends text, all of which must find room.
  mutating func send(_ text: String, on handle: TCPHandle) throws {
    _ = try unsafe client.send(Array(text.utf8).span.bytes, on: handle, now: now)
  }

  /// Reads what has come; the end of the stream sets `hasEnded`.
  mutating func read(_ handle: TCPHandle, limit: Int = .max, hasEnded: inout Bool) throws -> [UInt8]
  {
    var bytes: [UInt8] = []
    while bytes.count < limit {
      let result = try client.withReceived(on: handle, now: now) { span in
        let count = min(span.byteCount, limit - bytes.count)
        for index in 0..<count { bytes.append(span.load(at: index)) }
        return count
      }
      if result == .endOfStream { hasEnded = true }
      guard case .bytes = result else { break }
    }
    return bytes
  }

  /// Sends text on a new connection and reads until the node closes, or for so long.
  mutating func ask(_ text: String, port: UInt16 = 80, for time: Interval = .seconds(5)) throws
    -> Reply
  {
    let handle = try connect(port)
    try send(text, on: handle)
    let reply = try collect(handle, for: time)
    client.close(handle, now: now)
    run(for: .milliseconds(100))
    return reply
  }

  /// Reads until the node closes, or for so long.
  mutating func collect(_ handle: TCPHandle, for time: Interval = .seconds(5)) throws -> Reply {
    var reply = Reply()
    try run(for: time) { net in
      reply.bytes += try net.read(handle, hasEnded: &reply.hasEnded)
      return !reply.hasEnded
    }
    return reply
  }
}

/// What a client got.
struct Reply {
  var bytes: [UInt8] = []
  var hasEnded = false

  var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The status codes of the responses in it.
  var statuses: [String] {
    text.split(separator: "\r\n").filter { $0.hasPrefix("HTTP/1.1 ") }
      .map { String($0.dropFirst(9).prefix(3)) }
  }

  /// What follows the first head.
  var body: String {
    guard let head = text.firstRange(of: "\r\n\r\n") else { return "" }
    return String(text[head.upperBound...])
  }

  /// The body with its chunks joined; `nil` when they are not whole.
  var unchunked: String? {
    var rest = Substring(body)
    var joined = ""
    while let line = rest.firstRange(of: "\r\n") {
      guard let length = Int(rest[..<line.lowerBound], radix: 16) else { return nil }
      let data = rest[line.upperBound...].utf8
      guard data.count >= length + 2 else { return nil }
      joined += String(decoding: data.prefix(length), as: UTF8.self)
      guard length > 0 else { return joined }
      rest = Substring(String(decoding: data.dropFirst(length + 2), as: UTF8.self))
    }
    return nil
  }
}
