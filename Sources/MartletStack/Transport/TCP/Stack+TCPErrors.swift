internal import MartletDevice
internal import MartletWire

/// ICMP errors that quote a TCP segment (RFC 5927, RFC 1191).
extension Stack {
  /// Somebody says that a segment did not arrive. Anybody can say so: only a quote of bytes that
  /// are on their way is believed (RFC 5927, section 4.1).
  mutating func receiveICMPErrorForTCP(_ report: ICMPReport, quote: QuotedPacket) {
    let key = ConnectionKey(
      localAddress: quote.source, remoteAddress: quote.destination, localPort: quote.sourcePort,
      remotePort: quote.destinationPort)
    let reference = tcp.find(key, hash: key.hash(secret))
    guard reference.kind == .connection else { return drop(.icmpUnmatched) }
    let index = reference.index
    let offset = quote.sequenceNumber.distance(from: tcp.connections[index].sendUnacknowledged)
    let outstanding = tcp.connections[index].sendNext.distance(
      from: tcp.connections[index].sendUnacknowledged)
    guard offset >= 0, offset < outstanding else { return drop(.icmpUnmatched) }
    if let mtu = report.nextHopMTU {
      return narrowPath(of: index, nextHopMTU: mtu, quote: quote)
    }
    failConnection(index, report.reason == .portUnreachable ? .refused : report.reason)
  }

  /// A packet was too long for the path: what is outstanding goes again in smaller segments, at
  /// once and without slowing down, for nothing was congested (RFC 1191, section 6.5).
  private mutating func narrowPath(of index: Int, nextHopMTU: Int, quote: QuotedPacket) {
    let interface = Int(tcp.connections[index].interface)
    reducePathMTU(
      to: quote.destination, nextHopMTU: nextHopMTU, packetLength: quote.totalLength,
      on: interface)
    let size = pathSegmentSize(tcp.connections[index].key, on: interface)
    guard size < tcp.connections[index].pathSegmentSize else { return }
    tcp.connections[index].narrowPath(to: size, now: now, ranges: &buffers.ranges)
    settle(index)
  }
}

extension Connection {
  /// Sends no longer segments than `size` from here on, and again what may have been too long.
  mutating func narrowPath(to size: UInt16, now: Instant, ranges: inout RangePool) {
    pathSegmentSize = size
    widensPathAt = now + PathTable.lifetime
    limitSegmentSize(Int(size))
    guard hasOutstanding, state.isSynchronized else { return }
    sent.markAllLost(forgettingSACK: false, in: &ranges)
    flags.insert(.retransmissionForced)
    outcome.insert(.transmit)
  }

  /// Ten minutes have passed: tries what the path takes by its first link's word, or by that of a
  /// router since (RFC 1191, 6.3).
  mutating func widenPath(to size: UInt16) {
    widensPathAt = .distantFuture
    pathSegmentSize = min(size, largestSegmentSize)
    limitSegmentSize(Int(pathSegmentSize))
  }
}
