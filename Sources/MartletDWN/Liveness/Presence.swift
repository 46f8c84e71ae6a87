public import MartletDevice

/// Whether somebody's node is at home: there at once, away after a while.
///
/// An advert can be sent by anyone, so it is a hint. What matters asks for proof.
public struct Presence: Equatable, Sendable {
  /// What is known.
  public enum State: Equatable, Sendable {
    /// Nothing was heard for too long.
    case away
    /// Something claims to be the node.
    case unproved
    /// The node has proved that it is here.
    case proved
  }

  /// How long silence lasts before it means absence, 30 to 1,800 s.
  public let patience: Interval

  private var lastHeard: Instant?
  private var lastProved: Instant?

  /// Away, until something is heard. A patience out of range is brought into it.
  public init(patience: Interval = .seconds(180)) {
    self.patience = min(max(patience, .seconds(30)), .seconds(1800))
  }

  /// Takes note of an advert.
  public mutating func heard(now: Instant) { lastHeard = now }

  /// Takes note of a handshake that ended in proof, or of a sealed message.
  public mutating func proved(now: Instant) { lastProved = now }

  /// What is known now.
  public func state(now: Instant) -> State {
    if isRecent(lastProved, now) { return .proved }
    return isRecent(lastHeard, now) ? .unproved : .away
  }

  /// When the state changes if nothing is heard; `nil` when it will not.
  public func nextChange(after now: Instant) -> Instant? {
    switch state(now: now) {
    case .away: nil
    case .proved: lastProved.map { $0 + patience }
    case .unproved: lastHeard.map { $0 + patience }
    }
  }

  private func isRecent(_ last: Instant?, _ now: Instant) -> Bool {
    guard let last else { return false }
    return now - last < patience
  }
}
