internal import MartletDevice
internal import MartletWire

/// Address resolution (RFC 826; RFC 1122, section 2.3.2) and conflict detection (RFC 5227).
extension Stack {
  mutating func receiveARP(_ bytes: RawSpan, on interface: Int) {
    guard let packet = try? ARPPacket(parsing: bytes) else { return drop(.arpMalformed) }
    guard packet.senderMAC.isUnicast else { return drop(.arpMalformed) }
    // What this host said itself comes back from some links.
    guard packet.senderMAC != interfaces[interface].capabilities.linkAddress else {
      return
    }
    if detectConflict(packet, on: interface) { return }
    let target = addresses.find(packet.targetAddress, on: interface)
    let isForUs = target.map { addresses[$0].isUsable } ?? false
    learn(packet, isForUs: isForUs, on: interface)
    if isForUs, packet.operation == .request {
      sendARPReply(to: packet, on: interface)
    }
  }

  /// RFC 826: the sender's address is merged into an entry that is there; a new entry is made
  /// only for who asks for this host, because only that one will be spoken to.
  private mutating func learn(_ packet: ARPPacket, isForUs: Bool, on interface: Int) {
    let sender = packet.senderAddress
    guard sender.isUnicast, addresses.find(sender) == nil, isOnLink(sender, interface) else {
      return
    }
    let known = neighbours.find(sender, on: interface)
    guard let index = known ?? (isForUs ? makeNeighbour(sender, on: interface) : nil) else {
      return
    }
    // Only an answer to this host's own question proves that frames arrive there (RFC 4861, 7.2.5).
    let isAnswer =
      isForUs && packet.operation == .reply && neighbours.entries[index].isAsked
    if isAnswer {
      neighbours.entries[index].answer(packet.senderMAC, now: now)
    } else {
      neighbours.entries[index].learn(packet.senderMAC, now: now)
      neighbours.note(deadline: neighbours.entries[index].deadline)
    }
    resumeWaiters(of: index)
  }

  private mutating func makeNeighbour(_ address: IPv4Address, on interface: Int) -> Int? {
    guard case .entry(let index, _, _, _) = neighbour(for: address, on: interface) else {
      return nil
    }
    return Int(index)
  }

  /// Whether a host is a neighbour on this interface's link.
  private func isOnLink(_ address: IPv4Address, _ interface: Int) -> Bool {
    guard let entry = routes.find(address, on: interface) else { return false }
    return entry.isOnLink
  }

  // MARK: Conflicts

  /// Looks for another host that claims, or asks for, an address of this one; true when the packet
  /// has no further use.
  private mutating func detectConflict(_ packet: ARPPacket, on interface: Int) -> Bool {
    let sender = packet.senderAddress
    if sender.isUnspecified {
      // RFC 5227, 2.1.1: two hosts probe for the same address at once.
      guard let place = addresses.find(packet.targetAddress, on: interface),
        !addresses[place].isUsable
      else { return false }
      lose(place, to: packet.senderMAC)
      return true
    }
    guard let place = addresses.find(sender, on: interface) else { return false }
    if addresses[place].isUsable {
      defend(place, against: packet.senderMAC)
    } else {
      lose(place, to: packet.senderMAC)
    }
    return true
  }

  /// An address that was asked for belongs to another.
  private mutating func lose(_ place: Int, to rival: MACAddress) {
    let entry = addresses[place]
    events.append(
      .addressConflict(entry.address, id(of: entry.interface), by: rival, defended: false))
    removeAddress(at: place)
  }

  /// RFC 5227, 2.4 (b): one announcement, unless one went out in the last ten seconds.
  private mutating func defend(_ place: Int, against rival: MACAddress) {
    let entry = addresses[place]
    let mayDefend = now >= entry.nextDefence
    events.append(
      .addressConflict(entry.address, id(of: entry.interface), by: rival, defended: mayDefend))
    guard mayDefend else { return }
    addresses[place].nextDefence = now + .seconds(10)
    sendAnnouncement(of: entry.address, on: entry.interface)
  }

  /// Moves claims on whose time has come.
  mutating func pollAddresses() {
    for place in 0..<addresses.count where now >= addresses[place].deadline {
      let entry = addresses[place]
      switch entry.claim {
      case .probing(let sent) where sent < 3:
        sendProbe(for: entry.address, on: entry.interface)
        addresses[place].claim = .probing(sent: sent + 1)
        // PROBE_MIN to PROBE_MAX between probes, ANNOUNCE_WAIT after the last.
        addresses[place].deadline =
          now
          + .microseconds(sent == 2 ? 2_000_000 : 1_000_000 + Int64(random.next(below: 1_000_000)))
      case .probing:
        addresses[place].claim = .announcing(sent: 0)
        announce(place)
        updatePrimaryAddress(of: entry.interface)
        events.append(.addressReady(entry.address, id(of: entry.interface)))
      case .announcing:
        announce(place)
      case .settled:
        addresses[place].deadline = .distantFuture
      }
    }
  }

  /// Sends one of ANNOUNCE_NUM announcements, ANNOUNCE_INTERVAL apart.
  private mutating func announce(_ place: Int) {
    let entry = addresses[place]
    guard case .announcing(let sent) = entry.claim else { return }
    sendAnnouncement(of: entry.address, on: entry.interface)
    addresses[place].claim = sent == 0 ? .announcing(sent: 1) : .settled
    addresses[place].deadline = sent == 0 ? now + .seconds(2) : .distantFuture
  }

  // MARK: Sending

  /// Asks for a host's link address: everybody, or the host itself where it was known.
  mutating func sendARPRequest(
    for target: IPv4Address, on interface: Int, to destination: MACAddress
  ) {
    guard let source = addresses.source(for: target, on: interface) else { return }
    counters.arpOutRequests &+= 1
    send(.request, from: source, to: target, at: .zero, on: interface, linkDestination: destination)
  }

  /// An ARP probe names no sender, so that nobody's table is spoilt by it.
  private mutating func sendProbe(for target: IPv4Address, on interface: Int) {
    counters.arpOutRequests &+= 1
    send(
      .request, from: .unspecified, to: target, at: .zero, on: interface,
      linkDestination: .broadcast)
  }

  /// A gratuitous ARP: a request for one's own address (RFC 5227, section 3).
  private mutating func sendAnnouncement(of address: IPv4Address, on interface: Int) {
    counters.arpOutRequests &+= 1
    send(
      .request, from: address, to: address, at: .zero, on: interface, linkDestination: .broadcast)
  }

  private mutating func sendARPReply(to request: ARPPacket, on interface: Int) {
    counters.arpOutReplies &+= 1
    send(
      .reply, from: request.targetAddress, to: request.senderAddress,
      at: request.senderMAC, on: interface,
      linkDestination: request.senderMAC)
  }

  private mutating func send(
    _ operation: ARPPacket.Operation, from source: IPv4Address, to target: IPv4Address,
    at targetLink: MACAddress, on interface: Int, linkDestination: MACAddress
  ) {
    guard interfaces[interface].capabilities.medium == .ethernet else { return }
    guard hasRoom(for: ARPPacket.length, on: interface) else { return drop(.interfaceQueueFull) }
    let arp = ARPPacket(
      operation: operation,
      senderMAC: interfaces[interface].capabilities.linkAddress,
      senderAddress: source, targetMAC: targetLink,
      targetAddress: target)
    var packet = Packet()
    packet.etherType = .arp
    packet.linkDestination = linkDestination
    let isBuilt = buffers.blocks.appendBlock(of: ARPPacket.length, to: &packet.bytes) { span in
      try? arp.emit(into: &span)
    }
    guard isBuilt else { return drop(.outOfBuffers) }
    enqueue(packet, on: interface)
  }
}
