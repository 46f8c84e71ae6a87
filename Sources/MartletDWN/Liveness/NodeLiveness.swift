public import MartletDevice

/// What a hub knows of whether a node lives: by its adverts and, apart from them, by its messages.
public struct NodeLiveness: Equatable, Sendable {
  /// How a node's connection stands.
  public enum State: Equatable, Sendable {
    /// A valid message came within 15 s.
    case online
    /// One came within a minute.
    case stale
    /// None did.
    case offline
  }

  private static var staleTime: Interval { .seconds(60) }

  private var lastAdvert: Instant?
  private var lastMessage: Instant?

  /// Nothing was heard yet.
  public init() {}

  /// Takes note of an advert; of the last one when it says goodbye.
  public mutating func heardAdvert(isLeaving: Bool, now: Instant) {
    lastAdvert = isLeaving ? nil : now
  }

  /// Takes note of a connect or of a valid message.
  public mutating func heardMessage(now: Instant) { lastMessage = now }

  /// Whether an advert came within 15 s.
  public func isSeen(now: Instant) -> Bool { Self.isWithin(DWN.patience, of: lastAdvert, now) }

  /// How the connection stands.
  public func state(now: Instant) -> State {
    if Self.isWithin(DWN.patience, of: lastMessage, now) { return .online }
    return Self.isWithin(Self.staleTime, of: lastMessage, now) ? .stale : .offline
  }

  /// When one of these answers changes if nothing is heard; `nil` when none will.
  public func nextChange(after now: Instant) -> Instant? {
    var next: Instant?
    for (last, time) in [
      (lastAdvert, DWN.patience), (lastMessage, DWN.patience), (lastMessage, Self.staleTime),
    ] {
      if let last, now < last + time { next = earliest(next, last + time) }
    }
    return next
  }

  private static func isWithin(_ time: Interval, of last: Instant?, _ now: Instant) -> Bool {
    guard let last else { return false }
    return now - last < time
  }
}
