public import MartletDevice

extension Stack {
  /// Does what time asks for: neighbours are asked again, claims, fragments, groups and
  /// connections move on. What is to be sent waits for `transmit`.
  public mutating func poll(now: Instant) {
    advance(to: now)
    pollNeighbours()
    pollAddresses()
    pollReassembly()
    pollGroups()
    pollTCP()
  }

  /// When `poll` is next needed; `nil` while nothing waits for time.
  public var nextDeadline: Instant? {
    var deadline = min(neighbours.nextDeadline, reassembly.nextDeadline)
    deadline = min(deadline, min(addresses.nextDeadline, groups.nextDeadline))
    deadline = min(deadline, tcpDeadline)
    return deadline == .distantFuture ? nil : deadline
  }
}
