import MartletDWN
import MartletDevice
import MartletNodes
import MartletStack
import MartletWire

/// A replay of what the protocol's first hub does with bytes: it takes each read for one message,
/// knows nodes by their address, and gives one up whose heartbeat it has not read for 15 seconds.
struct FirstHub {
  private let socket: UDPHandle
  private var connection: TCPHandle?
  private var lastHeartbeat = Instant.zero
  private var chance: SplitMix64
  private var readAt: Instant?
  private(set) var connects = 0
  private(set) var closes = 0
  private(set) var heartbeats = 0
  private(set) var adverts = 0
  /// The first valve that is open, by the node's last report; -1 before there was one.
  private(set) var mask = -1
  private(set) var reports = 0

  init(on net: inout HomeNetwork, seed: UInt64) throws {
    chance = SplitMix64(seed: seed)
    socket = try net.host.openUDP(on: Endpoint(.unspecified, port: 242))
    try net.host.join(
      IPv4Address(224, 242, 242, 242), on: net.hostInterface, with: socket)
  }

  mutating func turn(_ net: inout HomeNetwork) throws {
    try hear(&net)
    guard let handle = connection else { return }
    // Its one thread is somewhere else at times.
    if net.host.receivedCountOrZero(handle) > 0, readAt == nil {
      readAt = net.now + .milliseconds(Int64.random(in: 0...20, using: &chance))
    }
    if let due = readAt, due <= net.now {
      readAt = nil
      guard let bytes = try net.read(handle, limit: 2000) else { return close(&net) }
      take(bytes, now: net.now)
    }
    if net.now - lastHeartbeat >= .seconds(15) { close(&net) }
  }

  private mutating func hear(_ net: inout HomeNetwork) throws {
    var buffer = [UInt8](repeating: 0, count: 2000)
    var span = buffer.mutableSpan
    var bytes = unsafe span.mutableBytes
    guard let datagram = try net.host.receive(from: socket, into: &bytes) else { return }
    let text = String(decoding: buffer.prefix(datagram.length), as: UTF8.self)
    guard text.contains("\"name\":\"IRRIGATION_CONTROLLER\""), text.contains("\"id\":\"") else {
      return
    }
    adverts += 1
    guard connection == nil else { return }
    connects += 1
    lastHeartbeat = net.now
    connection = try net.host.connect(
      to: Endpoint(datagram.source.address, port: 242), now: net.now)
  }

  private mutating func take(_ bytes: [UInt8], now: Instant) {
    if bytes == [0x79, 0x6F, 0x21, 0x0D, 0x0A] {
      heartbeats += 1
      lastHeartbeat = now
    } else if bytes.count >= 2, bytes[0] == 0x52 || bytes[0] == 0x53 {
      // What follows in the same read is never looked at.
      mask = Int(bytes[1])
      reports += 1
    }
  }

  private mutating func close(_ net: inout HomeNetwork) {
    closes += 1
    if let connection { net.host.close(connection, now: net.now) }
    connection = nil
  }

  /// Sends two bytes, as its pages and sequences do.
  mutating func command(_ letter: UInt8, _ action: UInt8, _ net: inout HomeNetwork) {
    guard let connection else { return }
    let bytes = [letter, action]
    _ = try? unsafe net.host.send(bytes.span.bytes, on: connection, now: net.now)
  }
}

extension Stack {
  fileprivate func receivedCountOrZero(_ handle: TCPHandle) -> Int {
    let count = (try? receivedCount(on: handle)) ?? 0
    // The end of the stream must be read too.
    return count > 0 || (try? status(of: handle).state) != .established ? max(count, 1) : 0
  }
}
