/// Tells a sink how a device is driven: how full its batches are, when it is full, what it waits
/// for. (`CaptureDevice` shows the frames.)
public struct TracingDevice<Base: LinkDevice & ~Copyable, Sink: TraceSink>: ~Copyable, LinkDevice {
  /// The device that is traced.
  public var base: Base
  @usableFromInline let sink: Sink
  @usableFromInline var now = Instant.zero

  /// Wraps `base`.
  public init(_ base: consuming Base, sink: Sink) {
    self.base = base
    self.sink = sink
  }

  /// The wrapped device's.
  @inlinable public var capabilities: DeviceCapabilities { base.capabilities }

  /// Receives, and tells how many of how many.
  @inlinable
  public mutating func receive(budget: Int, _ body: (RawSpan, FrameInfo) -> Void) -> Int {
    let count = base.receive(budget: budget, body)
    sink.trace(.received(count: count, budget: budget), at: now)
    return count
  }

  /// Reserves, and tells how many of how many.
  @_lifetime(&self)
  @inlinable
  public mutating func reserve(_ count: Int) -> TransmitBatch? {
    let (sink, now) = (sink, now)
    guard let batch = base.reserve(count) else {
      sink.trace(.reserved(lent: 0, asked: count), at: now)
      return nil
    }
    sink.trace(.reserved(lent: batch.capacity, asked: count), at: now)
    return batch
  }

  /// Commits, and tells how many.
  @inlinable
  public mutating func commit(_ count: Int) {
    base.commit(count)
    sink.trace(.committed(count: count), at: now)
  }

  /// Moves the time on, and tells it.
  @inlinable
  public mutating func advance(to now: Instant) {
    self.now = max(self.now, now)
    base.advance(to: now)
    sink.trace(.advanced(now), at: self.now)
  }

  /// The wrapped device's.
  @inlinable public var nextDeadline: Instant? { base.nextDeadline }
}
