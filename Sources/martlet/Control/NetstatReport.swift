import MartletDevice
import MartletHost
import MartletStack
import MartletWire

/// What `martlet netstat` tells of a node: a snapshot of its stack.
struct NetstatReport: Sendable {
  private let name: String
  private let uptime: Interval
  private let contents: Contents
  private let gateway: GatewayReport?

  /// What is taken from the stack, in one turn.
  private struct Contents: Sendable {
    var interfaces: [(InterfaceStatus, [IPv4Prefix])] = []
    var routes: [RouteStatus] = []
    var neighbours: [NeighbourStatus] = []
    var listeners: [ListenerStatus] = []
    var connections: [TCPStatus] = []
    var timeWaitCount = 0
    var sockets: [UDPStatus] = []
    var counters: Counters
    var memory: MemoryUse

    init(_ stack: borrowing Stack) {
      counters = stack.counters
      memory = stack.memoryUse
      timeWaitCount = stack.timeWaitCount
      var interfaces: [InterfaceStatus] = []
      stack.forEachInterface { interfaces.append($0) }
      for interface in interfaces {
        var addresses: [IPv4Prefix] = []
        stack.forEachAddress(on: interface.id) { addresses.append($0) }
        self.interfaces.append((interface, addresses))
      }
      // Not into the properties themselves: closures over `self` would be its borrowers.
      var routes: [RouteStatus] = []
      stack.forEachRoute { routes.append($0) }
      self.routes = routes
      var neighbours: [NeighbourStatus] = []
      stack.forEachNeighbour { neighbours.append($0) }
      self.neighbours = neighbours
      var listeners: [ListenerStatus] = []
      stack.forEachListener { listeners.append($0) }
      self.listeners = listeners
      var connections: [TCPStatus] = []
      stack.forEachConnection { connections.append($0) }
      self.connections = connections
      var sockets: [UDPStatus] = []
      stack.forEachUDPSocket { sockets.append($0) }
      self.sockets = sockets
    }
  }

  /// Takes a snapshot.
  init(of node: ControlledNode) async {
    name = node.name
    let start = node.start
    (contents, uptime) = await node.network.withStack { stack, now in
      (Contents(stack), now - start)
    }
    if let running = node.gateway {
      gateway = await GatewayReport(of: running)
    } else {
      gateway = nil
    }
  }

  // MARK: JSON

  /// Everything, for a program.
  var json: JSON {
    .object([
      ("name", .string(name)),
      ("uptimeSeconds", .number(uptime.microseconds / 1_000_000)),
      ("interfaces", .array(contents.interfaces.enumerated().map(interface))),
      ("routes", .array(contents.routes.map(route))),
      ("neighbours", .array(contents.neighbours.map(neighbour))),
      ("listeners", .array(contents.listeners.map(listener))),
      ("connections", .array(contents.connections.map(connection))),
      ("timeWait", .number(contents.timeWaitCount)),
      ("udp", .array(contents.sockets.map(socket))),
      ("blocksInUse", .number(contents.memory.blockCount)),
      ("counters", .object(counters.map { ($0.name, .number($0.value)) })),
      ("dropped", .object(drops.map { ($0.name, .number($0.value)) })),
      ("gateway", gateway?.json ?? .null),
    ])
  }

  private func interface(_ index: Int, _ entry: (InterfaceStatus, [IPv4Prefix])) -> JSON {
    let (status, addresses) = entry
    return .object([
      ("number", .number(index)),
      ("linkAddress", .string(status.capabilities.linkAddress)),
      ("addresses", .array(addresses.map { .string($0) })),
      ("mtu", .number(status.maximumTransmissionUnit)),
      ("inFrames", .number(status.counters.inFrames)),
      ("outFrames", .number(status.counters.outFrames)),
      ("inOctets", .number(status.counters.inOctets)),
      ("outOctets", .number(status.counters.outOctets)),
      ("queued", .number(status.queuedCount)),
    ])
  }

  private func route(_ route: RouteStatus) -> JSON {
    .object([
      ("destination", .string(route.destination)),
      ("gateway", route.gateway.map { .string($0) } ?? .null),
      ("interface", .number(number(of: route.interface))),
    ])
  }

  private func neighbour(_ neighbour: NeighbourStatus) -> JSON {
    .object([
      ("address", .string(neighbour.address)),
      ("linkAddress", neighbour.linkAddress.map { .string($0) } ?? .null),
      ("state", .string("\(neighbour.condition)")),
      ("interface", .number(number(of: neighbour.interface))),
    ])
  }

  private func listener(_ listener: ListenerStatus) -> JSON {
    .object([
      ("local", .string(listener.local)), ("ready", .number(listener.readyCount)),
      ("halfOpen", .number(listener.halfOpenCount)), ("backlog", .number(listener.backlog)),
    ])
  }

  private func connection(_ connection: TCPStatus) -> JSON {
    .object([
      ("local", .string(connection.local)), ("remote", .string(connection.remote)),
      ("state", .string("\(connection.state)")),
      ("sendQueue", .number(connection.sendQueueCount)),
      ("receiveQueue", .number(connection.receiveQueueCount)),
      ("roundTripMicroseconds", .number(connection.roundTripTime.microseconds)),
      ("congestionWindow", .number(connection.congestionWindow)),
      ("inFlight", .number(connection.inFlight)),
    ])
  }

  private func socket(_ socket: UDPStatus) -> JSON {
    .object([
      ("local", .string(socket.local)), ("remote", socket.remote.map { .string($0) } ?? .null),
      ("unread", .number(socket.unreadCount)),
    ])
  }

  private func number(of id: InterfaceID) -> Int {
    contents.interfaces.firstIndex { $0.0.id == id } ?? -1
  }

  // MARK: Counters by name

  private var counters: [(name: String, value: UInt64)] {
    Mirror(reflecting: contents.counters).children.compactMap { child in
      guard let name = child.label, let value = child.value as? UInt64 else { return nil }
      return (name, value)
    }
  }

  private var drops: [(name: String, value: UInt64)] {
    DropReason.allCases.compactMap { reason in
      let count = contents.counters.dropped(reason)
      return count > 0 ? ("\(reason)", count) : nil
    }
  }

  // MARK: Text

  /// The same for a person; counters at zero are left out.
  var text: String {
    var text = "Node \(name), up \(uptime.microseconds / 1_000_000) s\n"
    for (index, (status, addresses)) in contents.interfaces.enumerated() {
      let addresses = addresses.map(\.description).joined(separator: ", ")
      text += "\nInterface \(index)  \(status.capabilities.linkAddress)  \(addresses)  "
      text += "MTU \(status.maximumTransmissionUnit)\n"
      let counters = status.counters
      text += "  in   \(counters.inFrames) frames, \(counters.inOctets) bytes\n"
      text += "  out  \(counters.outFrames) frames, \(counters.outOctets) bytes\n"
    }
    text +=
      Table(
        "Routes", ["destination", "gateway", "interface"],
        contents.routes.map { route in
          [
            "\(route.destination)", route.gateway?.description ?? "on link",
            "\(number(of: route.interface))",
          ]
        }
      ).text
    text +=
      Table(
        "Neighbours", ["address", "link address", "state"],
        contents.neighbours.map { neighbour in
          [
            "\(neighbour.address)", neighbour.linkAddress?.description ?? "-",
            "\(neighbour.condition)",
          ]
        }
      ).text
    text += Table("TCP", ["local", "remote", "state", "unread", "unsent"], streams).text
    text +=
      Table(
        "UDP", ["local", "remote", "unread"],
        contents.sockets.map {
          ["\($0.local)", $0.remote?.description ?? "*", "\($0.unreadCount)"]
        }
      ).text
    text +=
      Table(
        "Counters", [],
        (counters.filter { $0.value > 0 } + [("blocksInUse", UInt64(contents.memory.blockCount))])
          .map { [$0.name, "\($0.value)"] }
      ).text
    text += Table("Packets dropped", [], drops.map { [$0.name, "\($0.value)"] }).text
    if let gateway { text += gateway.text }
    return text
  }

  private var streams: [[String]] {
    var rows = contents.listeners.map {
      ["\($0.local)", "*", "listen", "\($0.readyCount)", "-"]
    }
    rows += contents.connections.map { connection in
      [
        "\(connection.local)", "\(connection.remote)", "\(connection.state)",
        "\(connection.receiveQueueCount)", "\(connection.sendQueueCount)",
      ]
    }
    if contents.timeWaitCount > 0 {
      rows.append(["\(contents.timeWaitCount) more", "", "timeWait", "", ""])
    }
    return rows
  }
}
