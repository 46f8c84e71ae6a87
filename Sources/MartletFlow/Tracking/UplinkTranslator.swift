public import MartletDevice
public import MartletWire

/// What a gateway does with the packets that cross its outer port: one address for all hosts inside, and the
/// way back for who was asked (RFC 3022; RFC 4787, RFC 5382 and RFC 5508 for its behaviour).
///
/// ```swift
/// var uplink = UplinkTranslator(address: IPv4Address(192, 0, 2, 1))
/// switch uplink.outbound(&packet, now: now) {
/// case .forward: send(packet)
/// case .inside: deliver(packet)          // it comes back in: a host's service, by the outer address
/// case .local: stack.receive(packet)     // it is for the gateway itself
/// case .dropped: break                   // counted by `tracker`
/// }
/// ```
///
/// Mapping and filtering depend on address and port: an answer comes from where the question went. What the
/// gateway's own stack sends must pass here too, so that its ports and those of hosts do not meet.
public struct UplinkTranslator: ~Copyable, Sendable {
  /// What becomes of a packet.
  public enum Verdict: Equatable, Sendable {
    /// It goes on to the other side, changed.
    case forward
    /// It came from inside and goes back there, changed.
    case inside
    /// It is for the gateway itself.
    case local
    /// It goes nowhere.
    case dropped(TrackingDrop)
  }

  /// The connections.
  public private(set) var tracker: ConnectionTracker
  /// The outer address. When it changes, connections end: their answers would not come.
  public var address: IPv4Address {
    didSet { if address != oldValue { tracker.flush() } }
  }
  /// Ports that lead inside. A change holds for new connections.
  public var forwards: [UplinkForward]

  /// Makes one without connections.
  public init(
    address: IPv4Address, forwards: [UplinkForward] = [],
    tracking: TrackingConfiguration = TrackingConfiguration()
  ) {
    tracker = ConnectionTracker(configuration: tracking)
    self.address = address
    self.forwards = forwards
  }

  /// Takes an IPv4 packet from inside, or from the gateway itself, which begins with its IP header.
  ///
  /// `isPartial` says that its transport checksum is left to hardware.
  @_lifetime(packet: copy packet)
  public mutating func outbound(
    _ packet: inout MutableRawSpan, isPartial: Bool = false, now: Instant
  ) -> Verdict {
    guard let parsed = Self.parse(packet.bytes) else { return malformed() }
    var request = TrackRequest()
    request.nat = NATAction()
    let isBack = parsed.tuple.destination == UInt128(address.rawValue)
    if !isBack {
      request.commits = true
      request.nat = Self.source(address)
    } else if let target = target(of: parsed) {
      // Both ends change: else the host inside would answer past us.
      request.commits = true
      request.firstNAT = target
      request.nat = Self.source(address)
    }
    let outcome = tracker.track(parsed, request, now: now)
    guard let translation = outcome.translation else {
      if let drop = outcome.drop {
        return isBack && Self.isForStack(drop) ? .local : .dropped(drop)
      }
      return isBack ? .local : .forward
    }
    translation.apply(to: &packet, isPartial: isPartial)
    return isBack ? .inside : .forward
  }

  /// Takes an IPv4 packet from outside, which begins with its IP header.
  ///
  /// `isPartial` says that its transport checksum is left to hardware.
  @_lifetime(packet: copy packet)
  public mutating func inbound(
    _ packet: inout MutableRawSpan, isPartial: Bool = false, now: Instant
  ) -> Verdict {
    guard let parsed = Self.parse(packet.bytes) else { return malformed() }
    guard parsed.tuple.destination == UInt128(address.rawValue) else { return .local }
    var request = TrackRequest()
    request.nat = NATAction()
    if let target = target(of: parsed) {
      request.commits = true
      request.nat = target
    }
    let outcome = tracker.track(parsed, request, now: now)
    guard let translation = outcome.translation else {
      if let drop = outcome.drop, !Self.isForStack(drop) { return .dropped(drop) }
      return .local
    }
    translation.apply(to: &packet, isPartial: isPartial)
    return .forward
  }

  // MARK: Time

  /// When `poll` may have something to do; `nil` without connections.
  public var nextDeadline: Instant? { tracker.nextDeadline }

  /// Forgets what has run out.
  public mutating func poll(now: Instant) { tracker.poll(now: now) }

  // MARK: Parts

  private static func parse(_ packet: RawSpan) -> TrackedPacket? {
    guard let parsed = try? TrackedPacket(parsing: packet), !parsed.tuple.isIPv6 else { return nil }
    return parsed
  }

  private mutating func malformed() -> Verdict {
    tracker.count(.malformed)
    return .dropped(.malformed)
  }

  /// Whether the gateway's own stack shall answer what has no connection: with a reset, or not at all.
  private static func isForStack(_ drop: TrackingDrop) -> Bool {
    drop == .noConnection || drop == .unrelated
  }

  private static func source(_ address: IPv4Address) -> NATAction {
    var nat = NATAction()
    nat.direction = .source
    nat.addresses = address.rawValue...address.rawValue
    return nat
  }

  /// Where a packet to the outer address is led; `nil` for the gateway itself.
  private func target(of packet: TrackedPacket) -> NATAction? {
    for forward in forwards where forward.ipProtocol.rawValue == packet.tuple.ipProtocol {
      guard !packet.isLaterFragment,
        let port = forward.target(of: packet.tuple.destinationPort)
      else { continue }
      var nat = NATAction()
      nat.direction = .destination
      nat.addresses = forward.host.rawValue...forward.host.rawValue
      nat.ports = port...port
      return nat
    }
    return nil
  }
}
