public import MartletDevice

extension Stack {
  /// Attaches a link. The first interface of a stack with `connect`s to itself is usually a
  /// loopback device.
  ///
  /// Throws `tableFull`, or `badSize` for an MTU below 576 or above 65,535.
  public mutating func addInterface(
    _ capabilities: DeviceCapabilities, acceptsAllDestinations: Bool = false
  ) throws(StackError) -> InterfaceID {
    let mtu = capabilities.maximumTransmissionUnit
    guard (576...65_535).contains(mtu) else { throw .badSize(mtu) }
    var interface = Interface(capabilities: capabilities)
    interface.acceptsAllDestinations = acceptsAllDestinations
    guard !interfaces.isFull, let index = interfaces.insert(interface) else {
      throw .tableFull(.interfaces)
    }
    return InterfaceID(index: index, generation: interfaces.generation(at: index))
  }

  /// Detaches a link: its addresses, routes, neighbours and groups go, what waits for its slots is
  /// dropped, its connections end, and the UDP and echo sockets that were restricted to it are
  /// closed.
  public mutating func removeInterface(_ id: InterfaceID) throws(StackError) {
    let interface = try index(of: id)
    endConnections(on: interface)
    for place in stride(from: addresses.count - 1, through: 0, by: -1)
    where addresses[place].interface == interface {
      removeAddress(at: place)
    }
    routes.removeAll { $0.interface == interface }
    groups.removeAll(on: interface)
    for index in 0..<neighbours.entries.highWater
    where neighbours.entries.isUsed(index) && neighbours.entries[index].interface == interface {
      forgetNeighbour(at: index, reason: .interfaceGone)
    }
    for index in 0..<udp.sockets.highWater
    where udp.sockets.isUsed(index) && udp.sockets[index].interface == interface {
      close(UDPHandle(index: index, generation: udp.sockets.generation(at: index)))
    }
    if let echo = interfaces[interface].wildcardEchoSocket {
      close(EchoHandle(index: echo, generation: echoSockets.generation(at: echo)))
    }
    let count = buffers.releaseAll(of: &interfaces[interface].queue)
    counters.drop(.interfaceGone, count: count)
    interfaces.remove(at: interface)
  }

  /// Sets the longest IP packet to send by an interface, 576 bytes up to what its device takes.
  public mutating func setMaximumTransmissionUnit(
    _ mtu: Int, of id: InterfaceID
  ) throws(StackError) {
    let interface = try index(of: id)
    guard mtu >= 576, mtu <= interfaces[interface].capabilities.maximumTransmissionUnit else {
      throw .badSize(mtu)
    }
    interfaces[interface].maximumTransmissionUnit = mtu
  }

  /// The slot of an interface that is still there.
  func index(of id: InterfaceID) throws(StackError) -> Int {
    guard interfaces.holds(Int(id.index), generation: id.generation) else {
      throw .noSuchInterface
    }
    return Int(id.index)
  }

  /// What an interface's device can do; `nil` when it is gone.
  public func capabilities(of id: InterfaceID) -> DeviceCapabilities? {
    guard let index = try? index(of: id) else { return nil }
    return interfaces[index].capabilities
  }

  /// What an interface has moved; `nil` when it is gone.
  public func counters(of id: InterfaceID) -> InterfaceCounters? {
    guard let index = try? index(of: id) else { return nil }
    return interfaces[index].counters
  }

  /// Whether an interface has frames to send.
  public func hasWork(on id: InterfaceID) -> Bool {
    guard let index = try? index(of: id) else { return false }
    return interfaces[index].hasWork
  }
}
