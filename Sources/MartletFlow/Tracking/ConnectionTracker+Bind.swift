internal import MartletDevice

extension ConnectionTracker {
  /// How many ports of one address are tried; then another address, or none.
  private static var portLimit: Int { 1024 }
  /// How many addresses of a range are tried.
  private static var addressLimit: Int { 16 }

  /// Whether no connection has a tuple.
  func isFree(_ reply: ConnectionTuple) -> Bool { table.find(reply) == nil }

  /// Chooses how a new connection is translated; the tuple of its answers.
  mutating func reply(
    to original: ConnectionTuple, _ request: borrowing TrackRequest
  ) -> ConnectionTuple? {
    var translated = original
    if let first = request.firstNAT {
      // The source is chosen after it, and makes the pair unique.
      guard let chosen = choose(translated, first, mustBeFree: false) else { return nil }
      translated = chosen
    }
    if let nat = request.nat, nat.direction != nil {
      guard let chosen = choose(translated, nat, mustBeFree: true) else { return nil }
      return chosen.inverted
    }
    let reply = translated.inverted
    return isFree(reply) ? reply : nil
  }

  private mutating func choose(
    _ tuple: ConnectionTuple, _ nat: NATAction, mustBeFree: Bool
  ) -> ConnectionTuple? {
    let isSource = nat.direction == .source
    let own = isSource ? tuple.source : tuple.destination
    var addresses: ClosedRange<UInt128> = own...own
    if tuple.isIPv6 {
      if let range = nat.addresses6 { addresses = range }
    } else if let range = nat.addresses {
      addresses = UInt128(range.lowerBound)...UInt128(range.upperBound)
    }
    let span = addresses.upperBound - addresses.lowerBound
    let count = span >= UInt128(Int.max - 1) ? Int.max : Int(span) + 1
    // One host gets one address as long as there is a port (RFC 4787, section 4.1).
    let host = isSource ? tuple.source : tuple.destination
    let spread = key.hash(
      UInt64(truncatingIfNeeded: host), UInt64(truncatingIfNeeded: host >> 64))
    let start =
      nat.isRandom
      ? draw(below: count)
      : Int(truncatingIfNeeded: spread.multipliedFullWidth(by: UInt64(count)).high)
    for step in 0..<min(count, Self.addressLimit) {
      let place = (start + step) % count
      var candidate = tuple
      let address = addresses.lowerBound + UInt128(place)
      if isSource { candidate.source = address } else { candidate.destination = address }
      if choosePort(&candidate, nat, isSource: isSource, mustBeFree: mustBeFree) {
        return candidate
      }
    }
    return nil
  }

  /// Keeps the port where that is allowed and free, or finds another.
  private mutating func choosePort(
    _ tuple: inout ConnectionTuple, _ nat: NATAction, isSource: Bool, mustBeFree: Bool
  ) -> Bool {
    let own = isSource ? tuple.sourcePort : tuple.destinationPort
    let keeps = nat.ports.map { $0.contains(own) } ?? true
    if keeps, !nat.isRandom || nat.ports == nil && !isSource,
      !mustBeFree || isFree(tuple.inverted)
    {
      return true
    }
    guard tuple.hasPorts else { return !mustBeFree || isFree(tuple.inverted) }
    // A destination's port says which service it is: it changes only within a range that was given.
    guard isSource || nat.ports != nil else { return false }
    let range = nat.ports ?? Self.range(like: own, isQuery: tuple.icmpType != 0)
    let count = Int(range.upperBound) - Int(range.lowerBound) + 1
    let start = draw(below: count)
    for step in 0..<min(count, Self.portLimit) {
      let port = range.lowerBound + UInt16((start + step) % count)
      tuple.set(port: port, isSource: isSource)
      if !mustBeFree || isFree(tuple.inverted) { return true }
    }
    return false
  }

  /// Ports that mean as much as `port`: servers trust those below 1024, and some those below 512.
  private static func range(like port: UInt16, isQuery: Bool) -> ClosedRange<UInt16> {
    if isQuery { return 0...65_535 }
    if port < 512 { return 1...511 }
    return port < 1024 ? 600...1023 : 1024...65_535
  }
}

extension ConnectionTuple {
  /// Whether it has ports, or an identifier in their place.
  var hasPorts: Bool {
    switch ipProtocol {
    case 6, 17, 132: true
    case 1, 58: isIPv6 == (ipProtocol == 58)
    default: false
    }
  }

  /// Sets a port; both are one where they are an ICMP query's identifier.
  mutating func set(port: UInt16, isSource: Bool) {
    let isQuery = ipProtocol == 1 || ipProtocol == 58
    if isSource || isQuery { sourcePort = port }
    if !isSource || isQuery { destinationPort = port }
  }
}
