/// Shows every frame that crosses a device to a sink.
///
/// Frames are shown as the device's user sees them: with an offload, the checksum may be partial
/// and the frame larger than the MTU. Time is that of the last `advance(to:)`.
public struct CaptureDevice<Base: LinkDevice & ~Copyable, Sink: CaptureSink>: ~Copyable, LinkDevice
{
  /// The device whose frames are shown.
  public var base: Base
  @usableFromInline let sink: Sink
  @usableFromInline var now = Instant.zero
  @usableFromInline var staging: Staging
  /// Whether the last reservation lent slots of `staging`, not the device's own.
  @usableFromInline var isStaged = false

  /// Wraps `base`.
  public init(_ base: consuming Base, sink: Sink) {
    staging = Staging(base.capabilities)
    self.base = base
    self.sink = sink
  }

  /// The wrapped device's.
  @inlinable public var capabilities: DeviceCapabilities { base.capabilities }

  /// Receives from the wrapped device and shows what came.
  @inlinable
  public mutating func receive(budget: Int, _ body: (RawSpan, FrameInfo) -> Void) -> Int {
    guard sink.isActive else { return base.receive(budget: budget, body) }
    let (sink, now) = (sink, now)
    return base.receive(budget: budget) { frame, info in
      sink.capture(frame, info: info, direction: .received, at: now)
      body(frame, info)
    }
  }

  /// Lends as many slots as the wrapped device has.
  @_lifetime(&self)
  @inlinable
  public mutating func reserve(_ count: Int) -> TransmitBatch? {
    isStaged = sink.isActive
    if isStaged { return staging.reserve(count, for: &base) }
    return base.reserve(count)
  }

  /// Shows the frames and sends them.
  @inlinable
  public mutating func commit(_ count: Int) {
    guard isStaged else { return base.commit(count) }
    for index in 0..<count {
      let info = staging.slots.frame(at: index).info
      sink.capture(staging.slots.bytes(at: index), info: info, direction: .sent, at: now)
    }
    staging.send(count, to: &base)
  }

  /// Takes the time for what is shown next.
  @inlinable
  public mutating func advance(to now: Instant) {
    self.now = max(self.now, now)
    base.advance(to: now)
  }

  /// The wrapped device's.
  @inlinable public var nextDeadline: Instant? { base.nextDeadline }
}
