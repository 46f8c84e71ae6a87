import MartletDevice
import MartletStack
import MartletWire

/// Two stacks on one cable, in virtual time: nothing sleeps, and the same seed gives the same run.
struct Network: ~Copyable {
  var client: Stack
  var server: Stack
  let clientInterface: InterfaceID
  let serverInterface: InterfaceID
  var clientDevice: FaultInjector<MemoryLink.End>
  var serverDevice: MemoryLink.End
  var now = Instant(milliseconds: 1000)

  static let clientAddress = IPv4Address(10, 0, 0, 1)
  static let serverAddress = IPv4Address(10, 0, 0, 2)

  /// Joins two stacks; `faults` befall the frames of both directions alike.
  init(
    _ configuration: Configuration = Network.configuration(), server: Configuration? = nil,
    faults: Impairment = Impairment(), back: Impairment? = nil, mtu: Int = 1500,
    offloads: DeviceCapabilities.Offloads = [], medium: DeviceCapabilities.Medium = .ethernet,
    burst: Int = 64, frameCount: Int = 4096, seed: UInt64 = 1
  ) throws {
    func capabilities(_ last: UInt8) -> DeviceCapabilities {
      DeviceCapabilities(
        medium: medium, maximumTransmissionUnit: mtu,
        linkAddress: MACAddress(2, 0, 0, 0, 0, last), offloads: offloads,
        maximumSegmentedLength: offloads.contains(.segmentTCPv4) ? 65_535 : 0,
        maximumBurst: burst)
    }
    var first = Stack(configuration: configuration, seed: Seed(high: seed, low: 1))
    var second = Stack(configuration: server ?? configuration, seed: Seed(high: seed, low: 2))
    let link = MemoryLink(capabilities(1), capabilities(2), frameCount: frameCount)
    let firstID = try first.addInterface(link.first.capabilities)
    let secondID = try second.addInterface(link.second.capabilities)
    try first.addAddress(IPv4Prefix(Self.clientAddress, length: 24), on: firstID)
    try second.addAddress(IPv4Prefix(Self.serverAddress, length: 24), on: secondID)
    clientInterface = firstID
    serverInterface = secondID
    client = first
    self.server = second
    clientDevice = FaultInjector(
      link.first, outgoing: faults, incoming: back ?? faults, seed: seed)
    serverDevice = link.second
  }

  /// Tables small enough to make a new pair for every row of a grid.
  static func configuration() -> Configuration {
    var configuration = Configuration()
    configuration.blockCount = 4096
    configuration.connectionCount = 256
    configuration.halfOpenCount = 64
    configuration.timeWaitCount = 64
    configuration.rangeCount = 4096
    configuration.udpSocketCount = 16
    return configuration
  }

  /// Moves frames until nothing moves any more at this instant.
  mutating func settle() {
    for _ in 0..<10_000 {
      client.poll(now: now)
      server.poll(now: now)
      let received =
        client.service(&clientDevice, as: clientInterface, now: now)
        + server.service(&serverDevice, as: serverInterface, now: now)
      if received == 0, !hasWork { return }
    }
  }

  private var hasWork: Bool {
    client.hasWork(on: clientInterface) || server.hasWork(on: serverInterface)
      || serverDevice.waitingCount > 0
  }

  /// When anything happens next of itself; `nil` when nothing will.
  var nextDeadline: Instant? {
    [client.nextDeadline, server.nextDeadline, clientDevice.nextDeadline].compactMap { $0 }.min()
  }

  /// Lets time pass, event by event, calling `step` after each.
  mutating func run(
    for interval: Interval, _ step: (inout Network) throws -> Bool = { _ in true }
  ) rethrows {
    let end = now + interval
    settle()
    while try step(&self) {
      settle()
      guard let next = nextDeadline, next <= end else { break }
      now = max(next, now + .microseconds(1))
      settle()
    }
    now = max(now, end)
    settle()
  }
}
