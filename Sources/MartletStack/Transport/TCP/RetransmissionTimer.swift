internal import MartletDevice

/// The one timer that watches over sent data, and what it is set for.
struct RetransmissionTimer: BitwiseCopyable {
  /// What happens when it runs out.
  enum Purpose: UInt8, BitwiseCopyable {
    /// Nothing is outstanding.
    case none
    /// RTO (RFC 6298).
    case retransmission
    /// PTO: a probe for a lost tail (RFC 8985, section 7).
    case lossProbe
    /// What may be only reordered becomes lost (RFC 8985, section 6.2).
    case reordering
    /// A closed window is probed (RFC 9293, 3.8.6.1).
    case persist
  }

  /// What it is set for.
  var purpose = Purpose.none
  /// When it runs out; `distantFuture` for `none`.
  var deadline = Instant.distantFuture
  /// When RTO was last started: at the first byte sent or the last one newly acknowledged.
  var startedAt = Instant.zero

  init() {}

  /// Sets it.
  mutating func set(_ purpose: Purpose, at deadline: Instant) {
    self.purpose = purpose
    self.deadline = deadline
  }

  /// Stops it.
  mutating func stop() { set(.none, at: .distantFuture) }
}
