internal import MartletDevice

/// Time, as TCP sees it.
extension Stack {
  /// Lets every timer that has run out do its work.
  mutating func pollTCP() {
    while let timer = tcp.timers.next(now: now) {
      if timer < tcp.connections.capacity {
        connectionTimerFired(timer)
      } else {
        halfOpenTimedOut(timer - tcp.connections.capacity)
      }
    }
    while let deadline = tcp.timeWait.nextDeadline, deadline <= now,
      let oldest = tcp.timeWait.oldest
    {
      removeTimeWait(oldest)
    }
  }

  private mutating func connectionTimerFired(_ index: Int) {
    guard tcp.connections.isUsed(index) else { return }
    if tcp.connections[index].nextDeadline <= now {
      tcp.connections[index].timerFired(
        now: now, buffers: &buffers, counters: &counters, configuration: configuration)
    }
    settle(index)
  }

  /// When TCP next wants to be polled; `distantFuture` when it does not.
  var tcpDeadline: Instant {
    min(
      tcp.timers.nextDeadline ?? .distantFuture, tcp.timeWait.nextDeadline ?? .distantFuture)
  }

  /// Ends the connections that use an interface which is being removed.
  mutating func endConnections(on interface: Int) {
    for index in 0..<tcp.halfOpen.highWater where tcp.halfOpen.isUsed(index) {
      if Int(tcp.halfOpen[index].interface) == interface { removeHalfOpen(index) }
    }
    for index in 0..<tcp.connections.highWater where tcp.connections.isUsed(index) {
      guard Int(tcp.connections[index].interface) == interface else { continue }
      tcp.connections[index].end(.interfaceGone, buffers: &buffers)
      settle(index)
    }
  }
}
