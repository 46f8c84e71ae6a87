import MartletDWN
import MartletDevice
import MartletHome
import MartletHost
import MartletHouse
import MartletHub
import MartletStack
import MartletWire

/// The hub of a house that is up: on its segment by a stack of its own, its pages on localhost.
final class RunningHub: Sendable {
  /// The ports that are tried for the pages.
  private static let ports: ClosedRange<UInt16> = 8080...8179

  /// Where its pages are, with the code that signs in once.
  let link: String
  private let hub: HubService
  private let web: HubWeb
  private let socket: UDPSocket
  private let port: UInt16
  private let state: StateFolder

  /// Brings the hub of a house up. `keys` are those of the nodes that it is paired with.
  init(
    of house: House, on segment: SharedSegment, loop: EventLoop, keys: [String: [UInt8]]
  ) async throws {
    guard let address = house.hubAddress else {
      throw Failure(
        .badData, "network \(house.network) has no address left for the hub; make it larger")
    }
    let network = NetworkStack(loop: loop)
    let card = try segment.makePort(linkAddress: MACAddress(ofNode: "hub ", in: house.name))
    let interface = try await network.attach(card).interface
    try await network.addAddress(IPv4Prefix(address, length: house.network.length), on: interface)
    socket = try await network.bind(to: Endpoint(.unspecified, port: DWN.port))
    try await socket.join(DWN.group, on: interface)
    state = try StateFolder(of: house.name)
    hub = try HubService(
      store: HubStore(path: state.path + "/hub.sqlite"), keys: keys, place: SystemZone.place
    ) { address in
      try await network.connect(to: Endpoint(address.address, port: address.port))
    }
    web = HubWeb(hub)
    port = try await Self.freePort(loop)
    link = "http://localhost:\(port)/start?code=\(try web.makeCode())"
  }

  private static func freePort(_ loop: EventLoop) async throws -> UInt16 {
    for port in ports {
      guard
        let listener = try? await KernelNetwork(loop: loop).listen(
          on: Endpoint(.loopback, port: port))
      else { continue }
      await listener.close()
      return port
    }
    throw Failure(
      .unavailable,
      "all ports from \(ports.lowerBound) to \(ports.upperBound) are in use; end some of their users"
    )
  }

  /// Works until the task is cancelled. `ready` is called once the pages answer.
  func run(ready: @escaping @Sendable () -> Void) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.hub.run() }
      group.addTask {
        while let (bytes, sender) = try? await self.socket.receive() {
          await self.hub.heard(bytes, from: sender.address)
        }
      }
      group.addTask {
        do {
          try await self.web.run(port: Int(self.port)) { _ in ready() }
        } catch {
          if !Task.isCancelled { Terminal.complain("the hub's pages have ended: \(error)") }
        }
      }
    }
  }
}

extension House {
  /// Whether it has devices for a hub.
  var hasDevices: Bool {
    nodes.contains { node in
      switch node.kind {
      case .irrigation, .led, .alarm, .presence: true
      case .web, .services: false
      }
    }
  }

  /// The hub's address: the network's last but one that no node has, below the door's.
  var hubAddress: IPv4Address? {
    guard let door = doorAddress, door.rawValue > network.network.rawValue + 2 else { return nil }
    var candidate = door.rawValue - 1
    while candidate >= network.network.rawValue + 2 {
      let address = IPv4Address(rawValue: candidate)
      if !nodes.contains(where: { $0.address == address }), address != gateway?.address {
        return address
      }
      candidate -= 1
    }
    return nil
  }
}
