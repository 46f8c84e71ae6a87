internal import MartletDevice
public import MartletWire

/// Multicast membership (RFC 1112, RFC 2236).
extension Stack {
  /// Lets a UDP socket receive what is sent to a group on an interface's link.
  ///
  /// Throws `badAddress` for what is no group, `noSuchInterface`, `staleHandle`, `tableFull`.
  public mutating func join(
    _ group: IPv4Address, on id: InterfaceID, with handle: UDPHandle
  ) throws(StackError) {
    let socket = try index(of: handle)
    let interface = try index(of: id)
    guard group.isMulticast else { throw .badAddress(group) }
    let (isJoined, newGroup) = groups.join(socket: socket, group, on: interface)
    guard isJoined else { throw .tableFull(.groups) }
    guard let newGroup, isReported(group, on: interface) else { return }
    // RFC 2236, section 3: once at once, and again in case the first is lost.
    groups[newGroup].reportsLeft = 2
    groups[newGroup].deadline = now
  }

  /// Ends a membership. Throws `badState` when the socket is no member.
  public mutating func leave(
    _ group: IPv4Address, on id: InterfaceID, with handle: UDPHandle
  ) throws(StackError) {
    let socket = try index(of: handle)
    let interface = try index(of: id)
    guard leave(group, on: interface, socket: socket) else { throw .badState }
  }

  /// Ends every membership of a socket.
  mutating func leaveAllGroups(socket: Int) {
    while let (group, interface) = groups.membership(of: socket) {
      _ = leave(group, on: interface, socket: socket)
    }
  }

  private mutating func leave(_ group: IPv4Address, on interface: Int, socket: Int) -> Bool {
    let (wasMember, ended) = groups.leave(socket: socket, group, on: interface)
    if let ended, ended.isLastReporter {
      sendIGMP(.leaveGroup, group: group, to: IPv4Address(224, 0, 0, 2), on: interface)
    }
    return wasMember
  }

  /// 224.0.0.1 is never reported; and on a link without addresses nobody asks.
  private func isReported(_ group: IPv4Address, on interface: Int) -> Bool {
    group != IPv4Address(224, 0, 0, 1)
      && interfaces[interface].capabilities.medium == .ethernet
  }

  mutating func receiveIGMP(_ packet: borrowing IPv4View, on interface: Int) {
    guard let message = try? IGMPView(parsing: packet.payload), message.isChecksumValid else {
      return drop(.igmpMalformed)
    }
    switch message.type {
    case .membershipQuery:
      answerQuery(
        for: message.group, within: message.maximumResponseTime, on: interface)
    case .version1Report, .membershipReport:
      // Another member has reported the group: one report is enough for the router.
      guard let place = groups.find(message.group, on: interface) else { return }
      groups[place].deadline = .distantFuture
      groups[place].reportsLeft = 0
      groups[place].isLastReporter = false
    default:
      break
    }
  }

  /// Sets a random timer for each group that is asked for (RFC 2236, section 3).
  private mutating func answerQuery(for group: IPv4Address, within tenths: UInt8, on interface: Int)
  {
    // A version 1 router sends no time and means ten seconds.
    let maximum = UInt32(tenths == 0 ? 100 : tenths) * 100_000
    for place in 0..<groups.count {
      guard groups[place].interface == interface,
        group.isUnspecified || group == groups[place].address,
        isReported(groups[place].address, on: interface)
      else { continue }
      let deadline = now + .microseconds(Int64(random.next(below: maximum)))
      if deadline < groups[place].deadline { groups[place].deadline = deadline }
      groups[place].reportsLeft = max(groups[place].reportsLeft, 1)
    }
  }

  /// Sends the reports that are due.
  mutating func pollGroups() {
    for place in 0..<groups.count where now >= groups[place].deadline {
      let group = groups[place]
      sendIGMP(.membershipReport, group: group.address, to: group.address, on: group.interface)
      groups[place].isLastReporter = true
      groups[place].reportsLeft = group.reportsLeft > 0 ? group.reportsLeft - 1 : 0
      groups[place].deadline =
        groups[place].reportsLeft > 0
        ? now + .microseconds(Int64(random.next(below: 10_000_000))) : .distantFuture
    }
  }

  private mutating func sendIGMP(
    _ type: IGMPType, group: IPv4Address, to destination: IPv4Address, on interface: Int
  ) {
    guard let route = route(to: destination, from: nil, on: interface) else { return }
    var header = IPv4Header(
      source: route.source, destination: destination, payloadProtocol: .igmp)
    header.timeToLive = 1
    header.typeOfService = 0xC0
    // RFC 2236, section 2: routers look inside only with the router alert option (RFC 2113).
    header.hasRouterAlert = true
    sendPacket(header, route: route, bodyLength: IGMPMessage.length) { body in
      // It fits: the body was made as long as the message.
      try? IGMPMessage(type: type, group: group).emit(into: &body)
    }
  }
}
