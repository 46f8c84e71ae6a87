internal import MartletDevice
public import MartletWire

/// UDP sockets.
extension Stack {
  /// Opens a socket on a port of this host, or on a free one chosen at random (port 0).
  ///
  /// With an address it takes only what is sent to that address (or group), with an interface only
  /// what comes by it. Throws `tableFull`, `addressNotLocal`, `noSuchInterface`, `portInUse` when
  /// another socket takes the same or no dynamic port is free.
  public mutating func openUDP(
    on local: Endpoint = Endpoint(.unspecified, port: 0), interface id: InterfaceID? = nil
  ) throws(StackError) -> UDPHandle {
    var interface: Int?
    if let id { interface = try index(of: id) }
    guard
      local.address.isUnspecified || local.address.isMulticast || local.address.isBroadcast
        || addresses.isLocal(local.address)
    else { throw .addressNotLocal(local.address) }
    guard !udp.sockets.isFull else { throw .tableFull(.udpSockets) }
    var local = local
    if local.port == 0 {
      local.port = try dynamicPort(for: local.address, on: interface)
    } else if udp.conflicts(with: local, on: interface) {
      throw .portInUse(local.port)
    }
    return try insert(
      UDPSocket(local: local, interface: interface, acceptsAllDestinations: false))
  }

  /// Opens the socket that takes every datagram which comes by an interface and which no other
  /// socket wants, whatever its destination: what a packet tunnel hands to a relay.
  ///
  /// The interface must have been added with `acceptsAllDestinations`; there is one such socket an
  /// interface. Throws `badState` otherwise, `noSuchInterface`, `tableFull`.
  public mutating func openUDP(
    acceptingAllOn id: InterfaceID
  ) throws(StackError) -> UDPHandle {
    let interface = try index(of: id)
    guard interfaces[interface].acceptsAllDestinations,
      interfaces[interface].wildcardUDPSocket == nil
    else { throw .badState }
    let handle = try insert(
      UDPSocket(local: .none, interface: interface, acceptsAllDestinations: true))
    interfaces[interface].wildcardUDPSocket = Int(handle.index)
    return handle
  }

  private mutating func insert(
    _ socket: consuming UDPSocket
  ) throws(StackError) -> UDPHandle {
    guard let index = udp.insert(socket) else { throw .tableFull(.udpSockets) }
    readiness.clear(places.udpSockets + index)
    return UDPHandle(index: index, generation: udp.sockets.generation(at: index))
  }

  /// RFC 6056, 3.3.1: a random start, so that a stranger cannot guess the port.
  private mutating func dynamicPort(
    for address: IPv4Address, on interface: Int?
  ) throws(StackError) -> UInt16 {
    let first: UInt32 = 49_152
    let count: UInt32 = 16_384
    let start = random.next(below: count)
    for step in 0..<count {
      let port = UInt16(truncatingIfNeeded: first + (start + step) % count)
      if !udp.conflicts(with: Endpoint(address, port: port), on: interface) { return port }
    }
    throw .portInUse(0)
  }

  /// Closes a socket: what it has not read is gone, and it leaves its groups.
  public mutating func close(_ handle: UDPHandle) {
    guard let index = try? index(of: handle) else { return }
    leaveAllGroups(socket: index)
    if udp.sockets[index].acceptsAllDestinations, let interface = udp.sockets[index].interface {
      interfaces[interface].wildcardUDPSocket = nil
    }
    var socket = udp.remove(at: index)
    buffers.blocks.release(socket.received.bytes.take())
    readiness.clear(places.udpSockets + index)
  }

  /// Fixes the other end: only its datagrams are received, and ICMP errors about it are reported.
  /// With `nil` the socket is free again.
  ///
  /// Throws `badAddress`, `noRoute`, `badState` for a socket that accepts every destination.
  public mutating func connect(
    _ handle: UDPHandle, to remote: Endpoint?
  ) throws(StackError) {
    let index = try index(of: handle)
    guard !udp.sockets[index].acceptsAllDestinations else { throw .badState }
    if let remote {
      guard remote.port != 0, !remote.address.isUnspecified else {
        throw .badAddress(remote.address)
      }
      guard
        route(to: remote.address, from: nil, on: udp.sockets[index].interface) != nil
      else { throw .noRoute(remote.address) }
    }
    udp.sockets[index].remote = remote
  }

  /// A socket's own end. The address is unspecified while it takes every address of the host.
  public func localEndpoint(of handle: UDPHandle) throws(StackError) -> Endpoint {
    udp.sockets[try index(of: handle)].local
  }

  /// How a socket sends and receives.
  public func options(of handle: UDPHandle) throws(StackError) -> UDPOptions {
    udp.sockets[try index(of: handle)].options
  }

  /// Changes how a socket sends and receives, from now on.
  public mutating func setOptions(
    _ options: UDPOptions, of handle: UDPHandle
  ) throws(StackError) {
    let index = try index(of: handle)
    if let interface = options.multicastInterface { _ = try self.index(of: interface) }
    udp.sockets[index].options = options
  }

  /// What an ICMP error said of the datagrams of a connected socket, once; `nil` when none did.
  public mutating func takeError(of handle: UDPHandle) throws(StackError) -> EndReason? {
    let index = try index(of: handle)
    let error = udp.sockets[index].error
    udp.sockets[index].error = nil
    return error
  }

  /// Takes the oldest unread datagram: as much of it as fits is copied into `buffer`, and the rest
  /// is gone. `nil` when there is none; `Readiness.readable` says when one has come.
  public mutating func receive(
    from handle: UDPHandle, into buffer: inout MutableRawSpan
  ) throws(StackError) -> ReceivedDatagram? {
    let index = try index(of: handle)
    guard
      let (origin, length) = udp.sockets[index].received.next(
        into: &buffer, scratch: &recordScratch, in: &buffers.blocks)
    else { return nil }
    // The level, not the edge: who takes one of several is told of the others.
    if udp.sockets[index].received.count > 0 {
      readiness.post(.readable, for: places.udpSockets + index)
    }
    return ReceivedDatagram(
      source: origin.source, destination: origin.destination,
      interface: id(of: Int(origin.interface)), timeToLive: origin.timeToLive, length: length)
  }

  /// The number of unread datagrams.
  public func unreadCount(of handle: UDPHandle) throws(StackError) -> Int {
    udp.sockets[try index(of: handle)].received.count
  }

  /// The slot of a socket that is still open.
  func index(of handle: UDPHandle) throws(StackError) -> Int {
    guard udp.sockets.holds(Int(handle.index), generation: handle.generation) else {
      throw .staleHandle
    }
    return Int(handle.index)
  }
}
