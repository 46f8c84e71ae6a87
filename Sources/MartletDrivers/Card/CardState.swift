/// Whether a card works.
public enum CardState: Equatable, Sendable {
  /// It has a link.
  case up
  /// The cable is out or the peer is off; it may come back.
  case noLink
  /// It is not used any more.
  case dead(CardFailure)
}

/// Why a card is not used, or not used any more.
public enum CardFailure: Error, Equatable, Sendable {
  /// Its registers read as all ones: it was unplugged, or its bus is broken.
  case gone
  /// It did not come out of a reset.
  case resetStalled
  /// It has a link and a frame to send, and sends nothing.
  case transmitStalled
  /// What it wrote into shared memory cannot be.
  case corruptRing
  /// It does not offer what the driver needs.
  case unsupported
  /// There is no memory for its rings.
  case noMemory
}
