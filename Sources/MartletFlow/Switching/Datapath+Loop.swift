// This file says `unsafe`: it lends an array of its own as a span.

public import MartletDevice
internal import MartletWire

extension Datapath {
  /// Looks for loops from now on, or no longer; ports that were blocked work again.
  public mutating func guardLoops(_ configuration: LoopGuard.Configuration?) {
    loopGuard = configuration.map { LoopGuard($0) }
    for place in ports.indices {
      ports[place].block = nil
      loopGuard?.add(ports[place].number)
    }
    version &+= 1
  }

  /// Sends the probes that are due, and lets ports work again behind which no loop is seen any more.
  ///
  /// - Parameters:
  ///   - now: The time.
  ///   - emit: Is called with each probe and the port that it is to leave by, whatever flows say; it must not
  ///     call the datapath.
  public mutating func sendProbes(now: Instant, emit: (PortNumber, RawSpan) -> Void) {
    guard var current = loopGuard, let deadline = current.nextDeadline, deadline <= now else {
      return
    }
    var frame = [UInt8](repeating: 0, count: LoopProbe.length)
    let source = current.configuration.source
    let freed = current.poll(now: now) { port, probe in
      guard let place = place(of: port), ports[place].isUp else { return }
      var span = frame.mutableSpan
      var bytes = unsafe span.mutableBytes
      guard (try? probe.emit(into: &bytes, source: source)) != nil else { return }
      unsafe emit(port, frame.span.bytes)
    }
    loopGuard = current
    guard !freed.isEmpty else { return }
    for port in freed {
      if let place = place(of: port) { ports[place].block = nil }
    }
    version &+= 1
  }

  /// Takes a frame that may be a probe; true where it is one of this bridge's, which goes no further.
  mutating func takeProbe(_ frame: RawSpan, at port: PortNumber, now: Instant) -> Bool {
    guard loopGuard != nil, LoopProbe.isProbe(frame),
      let probe = try? LoopProbe(parsing: frame)
    else { return false }
    switch loopGuard?.receive(probe, at: port, now: now) {
    // Another bridge finds its loop through this one.
    case .foreign, nil: return false
    case .known: return true
    case .blocked(let victim, let block):
      if let place = place(of: victim) { ports[place].block = block }
      stations.forget { $0.port == victim && !$0.isStatic }
      version &+= 1
      return true
    }
  }
}
