// Says `unsafe` because a class cannot lend its memory by a lifetime that the compiler follows.

/// A ring of frames that two devices refer to.
final class SharedRing {
  var ring: FrameRing

  init(capacity: Int, frameLength: Int) {
    ring = FrameRing(capacity: capacity, frameLength: frameLength)
  }

  /// Lends slots of the ring, for as long as the caller is borrowed.
  ///
  /// Sound because the caller holds a reference to the ring and nobody else writes into slots that
  /// are lent: a ring has one sender.
  @_lifetime(borrow self)
  func reserve(_ count: Int) -> TransmitBatch? {
    let batch = ring.reserve(count)
    return unsafe _overrideLifetime(batch, borrowing: self)
  }
}
