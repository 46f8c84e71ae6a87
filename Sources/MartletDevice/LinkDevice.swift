/// What a network card, real or not, must offer.
///
/// A device lends bytes: frames to read while they are still its own, slots to write frames into.
/// It never sees the stack. The pump that drives it is generic and specialised for each device, so
/// a device is not used through an existential.
public protocol LinkDevice: ~Copyable {
  /// What the device can do. It does not change while the device is attached.
  var capabilities: DeviceCapabilities { get }

  /// Hands up to `budget` frames to `body`, oldest first, and returns how many there were.
  ///
  /// The bytes are valid only during the call of `body`.
  mutating func receive(budget: Int, _ body: (RawSpan, FrameInfo) -> Void) -> Int

  /// Lends up to `count` transmit slots; the batch says how many. `nil` when the card is full.
  ///
  /// The slots stay the device's own. After the batch has ended, `commit` must be called with the
  /// number of slots that were filled, which may be zero.
  @_lifetime(&self)
  mutating func reserve(_ count: Int) -> TransmitBatch?

  /// Sends the first `count` slots of the last reservation; the rest go back.
  mutating func commit(_ count: Int)

  /// Lets a device that depends on time (delay, rate) move on; others do nothing.
  mutating func advance(to now: Instant)

  /// When `advance` would next change anything; `nil` when nothing waits for time.
  var nextDeadline: Instant? { get }
}

extension LinkDevice where Self: ~Copyable {
  /// Does nothing.
  @inlinable public mutating func advance(to now: Instant) {}
  /// Nothing waits for time.
  @inlinable public var nextDeadline: Instant? { nil }
}
