internal import MartletDevice
internal import MartletWire

/// Finding the link address of the next hop.
extension Stack {
  /// Where the link address of a next hop is to be had; `nil` when the table is full of others.
  mutating func neighbour(
    for nextHop: IPv4Address, on interface: Int
  ) -> NeighbourReference? {
    if interfaces[interface].capabilities.medium == .ip { return .link(.zero) }
    if nextHop.isMulticast { return .link(nextHop.multicastMACAddress) }
    if nextHop.isBroadcast || addresses.isDirectedBroadcast(nextHop, on: interface) {
      return .link(.broadcast)
    }
    guard let index = neighbourIndex(nextHop, on: interface) else { return nil }
    return .entry(
      index: UInt32(truncatingIfNeeded: index),
      generation: neighbours.entries.generation(at: index),
      address: nextHop, interface: UInt8(truncatingIfNeeded: interface))
  }

  /// The slot of the entry that a reference names, or of a new one for the same host; `nil` when
  /// it names none, or the table is full.
  mutating func neighbourIndex(of reference: NeighbourReference) -> Int? {
    guard case .entry(let index, let generation, let address, let interface) = reference else {
      return nil
    }
    if neighbours.entries.holds(Int(index), generation: generation) { return Int(index) }
    return neighbourIndex(address, on: Int(interface))
  }

  private mutating func neighbourIndex(_ address: IPv4Address, on interface: Int) -> Int? {
    if let index = neighbours.find(address, on: interface) { return index }
    if neighbours.entries.isFull {
      guard let victim = neighbours.victim(now: now) else { return nil }
      forgetNeighbour(at: victim, reason: .neighbourTableFull)
    }
    return neighbours.insert(address, on: interface)
  }

  /// The link address to send to. An unknown one is asked for.
  mutating func linkAddress(of reference: NeighbourReference) -> Resolution {
    if case .link(let address) = reference { return .resolved(address) }
    guard let index = neighbourIndex(of: reference) else { return .failed }
    let (resolution, action) = neighbours.entries[index].use(now: now)
    neighbours.note(deadline: neighbours.entries[index].deadline)
    perform(action, for: index)
    return resolution
  }

  /// A transport saw that its peer gets what is sent this way (RFC 4861, section 7.3.1).
  mutating func confirmReachability(of reference: NeighbourReference) {
    guard case .entry(let index, let generation, _, _) = reference,
      neighbours.entries.holds(Int(index), generation: generation)
    else { return }
    neighbours.entries[Int(index)].confirm(now: now)
  }

  /// Keeps a packet until its neighbour's link address is known. The oldest gives way.
  mutating func hold(_ packet: consuming Packet, for reference: NeighbourReference) {
    guard let index = neighbourIndex(of: reference) else {
      return failed(packet, reason: .neighbourTableFull)
    }
    let byteCount = packet.bytes.byteCount
    if neighbours.entries[index].queue.count >= configuration.neighbourQueueLimit
      || !mayHold(byteCount),
      let oldest = buffers.dequeue(from: &neighbours.entries[index].queue)
    {
      drop(.neighbourQueueFull)
      neighbours.noteReleased(1, byteCount: oldest.bytes.byteCount)
      buffers.release(oldest)
    }
    guard mayHold(byteCount) else {
      drop(.neighbourQueueFull)
      return buffers.release(packet)
    }
    guard buffers.enqueue(packet, on: &neighbours.entries[index].queue) else {
      return drop(.outOfBuffers)
    }
    neighbours.noteHeld(byteCount: byteCount)
  }

  /// What waits for addresses takes half of the packets and a quarter of the memory at most: answers
  /// to a stranger's invented neighbours must not keep this host from asking for real ones.
  private func mayHold(_ byteCount: Int) -> Bool {
    neighbours.heldCount < configuration.packetCount / 2
      && neighbours.heldByteCount + byteCount
        <= configuration.blockCount * configuration.blockSize / 4
  }

  /// What waited for a neighbour's address, which waits no more.
  private mutating func takeHeld(_ index: Int) -> PacketQueue {
    let queue = neighbours.entries[index].queue.take()
    neighbours.noteReleased(queue.count, byteCount: queue.byteCount)
    return queue
  }

  /// The link address is known: what waited goes on.
  mutating func resumeWaiters(of index: Int) {
    guard let address = neighbours.entries[index].state.linkAddress else { return }
    let interface = neighbours.entries[index].interface
    var queue = takeHeld(index)
    buffers.setLinkDestination(address, of: queue)
    buffers.join(queue.take(), to: &interfaces[interface].queue)
    var waiting = ConnectionList()
    swap(&waiting, &neighbours.entries[index].waiting)
    resumeConnections(&waiting, reachable: true)
  }

  /// Serves the neighbours whose time has come.
  mutating func pollNeighbours() {
    guard now >= neighbours.nextDeadline else { return }
    for index in 0..<neighbours.entries.highWater where neighbours.entries.isUsed(index) {
      guard now >= neighbours.entries[index].deadline else { continue }
      let action = neighbours.entries[index].expire(now: now)
      perform(action, for: index)
    }
    neighbours.recomputeDeadline()
  }

  private mutating func perform(_ action: Neighbour.Action, for index: Int) {
    switch action {
    case .none:
      break
    case .request(let destination):
      sendARPRequest(
        for: neighbours.entries[index].address, on: neighbours.entries[index].interface,
        to: destination)
    case .giveUp:
      events.append(
        .neighbourFailed(
          neighbours.entries[index].address, id(of: neighbours.entries[index].interface)))
      abandonWaiters(of: index, reason: .neighbourUnreachable)
    }
  }

  /// Nobody answers: the senders of what waited hear of it.
  private mutating func abandonWaiters(of index: Int, reason: DropReason) {
    var queue = takeHeld(index)
    var waiting = ConnectionList()
    swap(&waiting, &neighbours.entries[index].waiting)
    while let packet = buffers.dequeue(from: &queue) { failed(packet, reason: reason) }
    resumeConnections(&waiting, reachable: false)
  }

  /// Takes an entry out of the table with all that waits in it.
  mutating func forgetNeighbour(at index: Int, reason: DropReason) {
    abandonWaiters(of: index, reason: reason)
    _ = neighbours.remove(at: index)
  }
}
