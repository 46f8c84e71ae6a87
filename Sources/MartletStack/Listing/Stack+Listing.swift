internal import MartletDevice
internal import MartletWire

/// What a stack has, one by one: for its owner's eyes. None of it is for the packet path.
extension Stack {
  /// Hands every interface to `body`.
  public func forEachInterface(_ body: (InterfaceStatus) -> Void) {
    for index in 0..<interfaces.highWater where interfaces.isUsed(index) {
      body(
        InterfaceStatus(
          id: id(of: index), capabilities: interfaces[index].capabilities,
          maximumTransmissionUnit: interfaces[index].maximumTransmissionUnit,
          counters: interfaces[index].counters, queuedCount: interfaces[index].queue.count))
    }
  }

  /// Hands every route to `body`, those with the longest prefix first.
  public func forEachRoute(_ body: (RouteStatus) -> Void) {
    for index in 0..<routes.count {
      let route = routes[index]
      body(
        RouteStatus(
          destination: route.prefix, gateway: route.isOnLink ? nil : route.gateway,
          interface: id(of: route.interface)))
    }
  }

  /// Hands every neighbour to `body`.
  public func forEachNeighbour(_ body: (NeighbourStatus) -> Void) {
    for index in 0..<neighbours.entries.highWater where neighbours.entries.isUsed(index) {
      let state = neighbours.entries[index].state
      body(
        NeighbourStatus(
          address: neighbours.entries[index].address,
          interface: id(of: neighbours.entries[index].interface), linkAddress: state.linkAddress,
          condition: state.condition))
    }
  }

  /// Hands every listener to `body`.
  public func forEachListener(_ body: (ListenerStatus) -> Void) {
    for index in 0..<tcp.listeners.highWater where tcp.listeners.isUsed(index) {
      body(
        ListenerStatus(
          local: Endpoint(tcp.listeners[index].address, port: tcp.listeners[index].port),
          readyCount: tcp.listeners[index].readyCount,
          halfOpenCount: tcp.listeners[index].halfOpenCount,
          backlog: tcp.listeners[index].options.backlog))
    }
  }

  /// Hands every connection to `body`, those included that nobody has accepted yet or holds any
  /// more. Those in TIME-WAIT are only counted.
  public func forEachConnection(_ body: (TCPStatus) -> Void) {
    for index in 0..<tcp.connections.highWater where tcp.connections.isUsed(index) {
      body(TCPStatus(tcp.connections[index]))
    }
  }

  /// The connections in TIME-WAIT.
  public var timeWaitCount: Int { tcp.timeWait.count }

  /// Hands every UDP socket to `body`.
  public func forEachUDPSocket(_ body: (UDPStatus) -> Void) {
    for index in 0..<udp.sockets.highWater where udp.sockets.isUsed(index) {
      body(
        UDPStatus(
          local: udp.sockets[index].local, remote: udp.sockets[index].remote,
          unreadCount: udp.sockets[index].received.count))
    }
  }
}
