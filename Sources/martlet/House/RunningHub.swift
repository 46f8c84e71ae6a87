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
  /// Where its pages are, with the code that signs in once.
  let link: String
  private let home: RunningHome
  private let socket: UDPSocket

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
    home = try await RunningHome(in: StateFolder(of: house.name), keys: keys, loop: loop) {
      try await network.connect(to: Endpoint($0.address, port: $0.port))
    }
    link = try home.makeLink()
  }

  /// Works until the task is cancelled. `ready` is called once the pages answer.
  func run(ready: @escaping @Sendable () -> Void) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.home.run(ready: ready) }
      group.addTask {
        while let (bytes, sender) = try? await self.socket.receive() {
          await self.home.hub.heard(bytes, from: sender.address)
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
