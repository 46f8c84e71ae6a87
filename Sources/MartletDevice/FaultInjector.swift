/// A device behind a bad link: frames are lost, doubled, overtaken, corrupted, delayed and queued,
/// in either direction, and the same way each time for the same seed.
///
/// Time is that of `advance(to:)`, so a simulated network runs in virtual time. Like a router, and
/// unlike a card, it is never full: what its queue does not hold is dropped and counted.
///
/// A frame that stands for several (segmentation) meets its fate as one, and a bit changed under a
/// partial checksum is noticed by nobody: put an `OffloadOff` around the injector to have the
/// frames of a real wire.
public struct FaultInjector<Base: LinkDevice & ~Copyable>: ~Copyable, LinkDevice {
  /// The device behind the bad link.
  public var base: Base
  @usableFromInline var outgoing: ImpairedLine
  @usableFromInline var incoming: ImpairedLine
  @usableFromInline var staging: Staging
  @usableFromInline var now = Instant.zero
  /// Whether the device had no slot for a frame that had arrived.
  @usableFromInline var isBlocked = false

  /// Puts `base` behind a link with `outgoing` faults for what is sent and `incoming` ones for what
  /// is received.
  ///
  /// Each direction draws from a generator of its own.
  public init(
    _ base: consuming Base, outgoing: Impairment = Impairment(),
    incoming: Impairment = Impairment(), seed: UInt64
  ) {
    let capabilities = base.capabilities
    let length = capabilities.maximumFrameLength
    self.outgoing = ImpairedLine(outgoing, frameLength: length, seed: seed)
    self.incoming = ImpairedLine(incoming, frameLength: length, seed: seed ^ 0x5555)
    staging = Staging(capabilities)
    self.base = base
  }

  /// What has befallen the frames sent.
  @inlinable public var outgoingCounters: FaultCounters { outgoing.counters }
  /// What has befallen the frames received.
  @inlinable public var incomingCounters: FaultCounters { incoming.counters }

  /// The wrapped device's.
  @inlinable public var capabilities: DeviceCapabilities { base.capabilities }

  /// Takes what the device has onto the link, and hands over what has arrived from it.
  @inlinable
  public mutating func receive(budget: Int, _ body: (RawSpan, FrameInfo) -> Void) -> Int {
    Self.take(budget, from: &base, to: &incoming, now: now)
    return incoming.deliver(budget: budget, now: now, body)
  }

  @inlinable
  static func take(
    _ budget: Int, from base: inout Base, to line: inout ImpairedLine, now: Instant
  ) {
    _ = base.receive(budget: budget) { frame, info in line.offer(frame, info: info, now: now) }
  }

  /// Lends slots; there always are some.
  @_lifetime(&self)
  @inlinable
  public mutating func reserve(_ count: Int) -> TransmitBatch? {
    staging.slots.lend(count: max(0, min(count, staging.slots.count)))
  }

  /// Puts the frames on the link.
  @inlinable
  public mutating func commit(_ count: Int) {
    staging.offer(count, to: &outgoing, now: now)
    flush()
  }

  /// Takes the time, and sends what has arrived by then.
  @inlinable
  public mutating func advance(to now: Instant) {
    self.now = max(self.now, now)
    base.advance(to: now)
    flush()
  }

  /// When the next frame arrives at either end; a millisecond from now while the device is full.
  @inlinable public var nextDeadline: Instant? {
    let retry = isBlocked ? now + .milliseconds(1) : outgoing.nextArrival
    return earliest(earliest(retry, incoming.nextArrival), base.nextDeadline)
  }

  /// Sends what has arrived at the device's end of the link.
  @inlinable
  mutating func flush() {
    isBlocked = false
    while outgoing.hasArrival(by: now) {
      let sent = Self.flush(&outgoing, to: &base, now: now)
      base.commit(sent)
      guard sent > 0 else { return isBlocked = true }
    }
  }

  @inlinable
  static func flush(_ line: inout ImpairedLine, to base: inout Base, now: Instant) -> Int {
    guard var batch = base.reserve(64) else { return 0 }
    let room = batch.capacity
    return line.deliver(budget: room, now: now) { frame, info in
      batch.append(copying: frame, info: info)
    }
  }
}
