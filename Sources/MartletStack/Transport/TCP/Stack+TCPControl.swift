internal import MartletDevice
internal import MartletWire

/// Segments that no connection sends.
extension Stack {
  /// Sends a segment of its own, if a route and a place in the queue are there; the peer's
  /// retransmission is what repairs a lost one.
  mutating func sendControl(_ segment: ControlSegment) {
    let key = segment.key
    guard let route = route(to: key.remoteAddress, from: key.localAddress, on: nil) else {
      return drop(.ipNoRoute)
    }
    counters.tcpOutSegs &+= 1
    if segment.flags.contains(.rst) { counters.tcpOutRsts &+= 1 }
    var header = IPv4Header(
      source: key.localAddress, destination: key.remoteAddress, payloadProtocol: .tcp)
    header.timeToLive = configuration.timeToLive
    header.dontFragment = true
    sendPacket(header, route: route, bodyLength: segment.length) { body in
      segment.write(into: &body)
    }
  }

  /// Answers a segment that nobody wants with a reset (RFC 9293, 3.10.7.1), and a reset with
  /// nothing.
  mutating func refuse(_ segment: Segment, key: ConnectionKey) {
    guard !segment.flags.contains(.rst) else { return }
    // Land attack: this host would answer itself for ever.
    guard key.remoteAddress != key.localAddress || key.remotePort != key.localPort else { return }
    if segment.flags.contains(.ack) {
      sendControl(ControlSegment(key: key, sequence: segment.acknowledgment, flags: .rst))
    } else {
      sendControl(
        ControlSegment(
          key: key, sequence: SequenceNumber(rawValue: 0), acknowledgment: segment.end,
          flags: [.rst, .ack]))
    }
  }

  /// ISN of RFC 6528: a clock of 4 µs, moved for each pair of ends by a secret amount.
  ///
  /// A connection that sends faster than that clock ticks leaves it behind: one that takes the place
  /// of another begins beyond the number that the other ended with.
  func initialSequence(
    _ key: ConnectionKey, beyond previous: SequenceNumber? = nil
  ) -> SequenceNumber {
    let offset = secret.hash(key.addresses, key.ports, 1)
    let number = SequenceNumber(
      rawValue: UInt32(truncatingIfNeeded: offset)
        &+ UInt32(truncatingIfNeeded: now.microseconds / 4))
    // A window that was never scaled lies between both.
    guard let beyond = previous?.advanced(by: 65_536), !number.follows(beyond) else {
      return number
    }
    return beyond
  }

  /// The offset of the timestamp clock, one for each pair of addresses (RFC 7323, 5.4).
  func timestampOffset(_ key: ConnectionKey) -> UInt32 {
    UInt32(truncatingIfNeeded: secret.hash(key.addresses, 0, 2))
  }
}
