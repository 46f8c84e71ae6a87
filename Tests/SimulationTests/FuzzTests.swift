import Foundation
import MartletDevice
import MartletStack
import MartletWire
import Testing

@Suite("Two stacks whose frames are damaged on the way")
struct FuzzTests {
  static let isLong = ProcessInfo.processInfo.environment["MARTLET_LONG"] == "1"
  static let seeds: [UInt64] = Array(1...(isLong ? 2000 : 15))

  @Test("survive, spare the other connection and give all memory back", arguments: seeds)
  func damage(seed: UInt64) throws {
    var pair = try FuzzPair(seed: seed)
    let victim = try pair.connected(port: 80)
    var spared = try pair.connected(port: 81)
    pair.setActive(true)
    var victimSent = StreamEnd(handle: victim.client)
    var victimBack = StreamEnd(handle: victim.server)
    for _ in 0..<400 {
      pair.client.sendPattern(&victimSent, upTo: 400_000, now: pair.now)
      pair.server.sendPattern(&victimBack, upTo: 400_000, now: pair.now)
      pair.client.sendPattern(&spared.from, upTo: 200_000, now: pair.now)
      pair.discard()
      pair.server.readPattern(&spared.to, now: pair.now)
      pair.step()
    }
    #expect(spared.to.readCount == 200_000)
    #expect(spared.to.mismatch == nil)
    #expect(spared.from.error == nil)
    #expect(pair.mutationCount > 0)
    pair.setActive(false)
    for handle in [victim.client, spared.from.handle] { pair.client.abort(handle, now: pair.now) }
    for handle in [victim.server, spared.to.handle] { pair.server.abort(handle, now: pair.now) }
    for _ in 0..<400 { pair.step() }
    #expect(pair.client.memoryUse == pair.clientStart)
    #expect(pair.server.memoryUse == pair.serverStart)
  }
}

/// Two stacks with a damaging cable between them, in virtual time.
struct FuzzPair: ~Copyable {
  var client: Stack
  var server: Stack
  private var clientDevice: MutatingDevice
  private var serverDevice: MutatingDevice
  private let clientInterface: InterfaceID
  private let serverInterface: InterfaceID
  private(set) var now = Instant(milliseconds: 1000)
  let clientStart: MemoryUse
  let serverStart: MemoryUse
  private var victim: (client: TCPHandle, server: TCPHandle)?

  init(seed: UInt64) throws {
    let capabilities = (1...2).map { last in
      DeviceCapabilities(
        medium: .ethernet, maximumTransmissionUnit: 1500,
        linkAddress: MACAddress(2, 0, 0, 0, 0, UInt8(last)), maximumBurst: 64)
    }
    var first = Stack(configuration: Network.configuration(), seed: Seed(high: seed, low: 1))
    var second = Stack(configuration: Network.configuration(), seed: Seed(high: seed, low: 2))
    let firstID = try first.addInterface(capabilities[0])
    let secondID = try second.addInterface(capabilities[1])
    try first.addAddress(IPv4Prefix(Network.clientAddress, length: 24), on: firstID)
    try second.addAddress(IPv4Prefix(Network.serverAddress, length: 24), on: secondID)
    clientInterface = firstID
    serverInterface = secondID
    clientStart = first.memoryUse
    serverStart = second.memoryUse
    client = first
    server = second
    let link = MemoryLink(capabilities[0], capabilities[1], frameCount: 1024)
    clientDevice = MutatingDevice(
      base: link.first, mutator: Mutator(seed: seed, sparedPort: 81))
    serverDevice = MutatingDevice(
      base: link.second, mutator: Mutator(seed: ~seed, sparedPort: 81))
    setActive(false)
  }

  var mutationCount: Int {
    clientDevice.mutator.mutationCount + serverDevice.mutator.mutationCount
  }

  mutating func setActive(_ isActive: Bool) {
    clientDevice.mutator.isActive = isActive
    serverDevice.mutator.isActive = isActive
  }

  /// Connects; the first connection is the victim.
  mutating func connected(
    port: UInt16
  ) throws -> (client: TCPHandle, server: TCPHandle, from: StreamEnd, to: StreamEnd) {
    let address = Endpoint(Network.serverAddress, port: port)
    let listening = try server.listen(on: address)
    let from = try client.connect(to: address, now: now)
    var accepted: TCPHandle?
    for _ in 0..<100 where accepted == nil {
      step()
      accepted = try server.accept(on: listening)
    }
    let to = try #require(accepted)
    if victim == nil { victim = (from, to) }
    return (from, to, StreamEnd(handle: from), StreamEnd(handle: to))
  }

  /// Reads whatever the victim's two ends have received.
  mutating func discard() {
    guard let victim else { return }
    _ = try? client.withReceived(on: victim.client, now: now) { $0.byteCount }
    _ = try? server.withReceived(on: victim.server, now: now) { $0.byteCount }
  }

  /// Moves frames, and time to the next deadline or by a tenth of a second.
  mutating func step() {
    for _ in 0..<20 {
      client.poll(now: now)
      server.poll(now: now)
      let received =
        client.service(&clientDevice, as: clientInterface, now: now)
        + server.service(&serverDevice, as: serverInterface, now: now)
      if received == 0 { break }
    }
    let next = [client.nextDeadline, server.nextDeadline].compactMap { $0 }.min()
    let limit = now + .milliseconds(100)
    now = max(min(next ?? limit, limit), now + .microseconds(10))
  }
}
