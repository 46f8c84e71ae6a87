internal import MartletDevice
internal import MartletWire

/// Segments into transmit slots.
extension Stack {
  /// The bytes that a connection may send before the next one has its turn.
  private static var quantum: Int { 64 * 1024 }

  /// Lets the first connection in line send; false when nobody stands in line.
  mutating func transmitReady(into batch: inout TransmitBatch, on interface: Int) -> Bool {
    guard !batch.isFull,
      let index = tcp.links.removeFirst(from: &interfaces[interface].ready)
    else { return false }
    // The slot may have passed to a connection on another interface since.
    guard tcp.connections.isUsed(index) else { return true }
    let own = Int(tcp.connections[index].interface)
    guard own == interface else {
      if interfaces.isUsed(own) { tcp.links.append(index, to: &interfaces[own].ready) }
      return true
    }
    guard let path = segmentPath(for: index, on: interface) else { return true }
    if tcp.connections[index].widensPathAt <= now {
      tcp.connections[index].widenPath(
        to: pathSegmentSize(tcp.connections[index].key, on: interface))
    }
    if fill(&batch, from: index, path: path) {
      tcp.links.append(index, to: &interfaces[interface].ready)
    }
    settle(index)
    return true
  }

  /// The frame's addresses; `nil` while the neighbour is looked for, or when it is not there.
  private mutating func segmentPath(for index: Int, on interface: Int) -> SegmentPath? {
    let capabilities = interfaces[interface].capabilities
    var path = SegmentPath(medium: capabilities.medium)
    path.completesChecksums = capabilities.offloads.contains(.transmitChecksum)
    if capabilities.offloads.contains(.segmentTCPv4), path.completesChecksums {
      // Link header, IPv4, TCP with every option, and payload fit the device's longest frame.
      path.maximumLength = min(capabilities.maximumSegmentedLength, 65_535) - 14 - 20 - 60
    }
    guard capabilities.medium == .ethernet else { return path }
    path.source = capabilities.linkAddress
    guard let neighbour = neighbourReference(for: index, on: interface) else {
      failConnection(index, .hostUnreachable)
      return nil
    }
    switch linkAddress(of: neighbour) {
    case .resolved(let address):
      path.destination = address
      return path
    case .pending:
      wait(index, for: neighbour)
      return nil
    case .failed:
      failConnection(index, .hostUnreachable)
      return nil
    }
  }

  /// The connection's next hop, looked up once.
  private mutating func neighbourReference(
    for index: Int, on interface: Int
  ) -> NeighbourReference? {
    if let known = tcp.connections[index].neighbour { return known }
    let key = tcp.connections[index].key
    guard let route = route(to: key.remoteAddress, from: key.localAddress, on: interface),
      let found = neighbour(for: route.nextHop, on: route.interface)
    else { return nil }
    tcp.connections[index].neighbour = found
    return found
  }

  /// Puts a connection in line for a neighbour's address.
  private mutating func wait(_ index: Int, for neighbour: NeighbourReference) {
    guard let entry = neighbourIndex(of: neighbour) else {
      return failConnection(index, .hostUnreachable)
    }
    tcp.links.append(index, to: &neighbours.entries[entry].waiting)
  }

  /// Fills slots with a connection's segments; true when it has more for another turn.
  private mutating func fill(
    _ batch: inout TransmitBatch, from index: Int, path: SegmentPath
  ) -> Bool {
    var left = Self.quantum
    while !batch.isFull, left > 0 {
      let limit = tcp.connections[index].payloadLimit(path)
      guard
        let plan = tcp.connections[index].nextSegment(
          maximumLength: max(limit, min(left, limit * (batch.capacity - batch.count))), now: now,
          ranges: buffers.ranges)
      else {
        // What the peer's window keeps back needs a timer, whoever queued it.
        // One that has ended may still stand in line: it has no timers any more.
        if tcp.connections[index].state.isSynchronized {
          tcp.connections[index].rearm(now: now, configuration: configuration)
        }
        return false
      }
      let before = batch.count
      let octetCount = tcp.connections[index].write(
        plan, into: &batch, path: path, now: now, blocks: buffers.blocks, ranges: buffers.ranges)
      let frameCount = UInt64(truncatingIfNeeded: batch.count - before)
      let interface = Int(tcp.connections[index].interface)
      interfaces[interface].counters.outFrames &+= frameCount
      interfaces[interface].counters.outOctets &+= UInt64(truncatingIfNeeded: octetCount)
      tcp.connections[index].didSend(
        plan, frameCount: frameCount, now: now, ranges: &buffers.ranges, counters: &counters,
        configuration: configuration)
      left -= max(plan.length, 1)
    }
    return true
  }

  /// The neighbour of these connections was found, or was given up.
  mutating func resumeConnections(_ list: inout ConnectionList, reachable: Bool) {
    while let index = tcp.links.removeFirst(from: &list) {
      guard tcp.connections.isUsed(index) else { continue }
      if reachable {
        let interface = Int(tcp.connections[index].interface)
        guard interfaces.isUsed(interface) else { continue }
        tcp.links.append(index, to: &interfaces[interface].ready)
      } else {
        failConnection(index, .hostUnreachable)
      }
    }
  }

  /// An error from the way. An attempt to connect ends by it; an established connection goes on
  /// trying, as RFC 9293, 3.9.2.2 and RFC 5927 ask.
  mutating func failConnection(_ index: Int, _ reason: EndReason) {
    let state = tcp.connections[index].state
    guard state == .synSent || state == .synReceived else {
      tcp.connections[index].news.insert(.error)
      return settle(index)
    }
    counters.tcpAttemptFails &+= 1
    tcp.connections[index].end(reason, buffers: &buffers)
    settle(index)
  }
}
