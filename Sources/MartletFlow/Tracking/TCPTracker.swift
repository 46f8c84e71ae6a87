internal import MartletWire

/// A TCP connection as one sees it who stands between: its state, and what each side may send.
///
/// The states and the window check are those that Rooij's "Real Stateful TCP Packet Filtering in IP Filter"
/// (2001) derives and that most trackers use. A segment is taken if its sender may send it and the receiver
/// may have sent what it acknowledges; everything else is invalid and changes nothing.
struct TCPTracker: Sendable, BitwiseCopyable {
  /// A state between the two ends, whose own states (RFC 9293, section 3.3.2) it follows.
  enum State: UInt8, Sendable {
    case none, synSent, synReceived, established, finWait, closeWait, lastAck, timeWait, closed
    /// Both ends sent a SYN (RFC 9293, section 3.5, figure 7).
    case bothSynSent
  }

  /// What becomes of a segment.
  enum Verdict { case valid, invalid, outOfWindow, restart }

  private(set) var state: State
  private var origin = Side()
  private var responder = Side()

  /// One end.
  fileprivate struct Side: Sendable, BitwiseCopyable {
    /// The sequence number behind the highest that it sent.
    var end: UInt32 = 0
    /// The highest that it may send.
    var maximumEnd: UInt32 = 0
    /// The largest window that it offered; 0 before its first segment.
    var maximumWindow: UInt32 = 0
    /// The highest that it acknowledged.
    var maximumAck: UInt32?
    var scale: UInt8?
    var permitsSelective = false
  }

  /// A connection's first segment; `nil` for one that begins none.
  ///
  /// `picksUp` takes a segment from the middle of a connection that began before the tracker did; its windows
  /// are not known, so none is checked.
  init?(first segment: TrackedSegment, picksUp: Bool) {
    guard segment.isSane else { return nil }
    switch segment.kind {
    case .syn:
      state = .synSent
      isLiberal = false
      origin.end = segment.end
      origin.maximumEnd = segment.end
      origin.maximumWindow = max(UInt32(segment.window), 1)
      origin.take(segment)
    case .ack where picksUp:
      state = .established
      isLiberal = true
    default: return nil
    }
  }

  /// Whether windows are not checked.
  private(set) var isLiberal: Bool

  /// Takes a segment of either direction.
  mutating func take(_ segment: TrackedSegment, isReply: Bool, liberal: Bool) -> Verdict {
    guard segment.isSane else { return .invalid }
    let step = Self.step(from: state, segment.kind, isReply: isReply)
    let next: State
    switch step {
    case .to(let state): next = state
    case .stay: return .valid
    case .invalid: return .invalid
    case .restart: return .restart
    }
    guard check(segment, isReply: isReply, liberal: liberal || isLiberal) else {
      return .outOfWindow
    }
    state = next
    return .valid
  }

  // MARK: States

  private enum Step { case to(State), stay, invalid, restart }

  /// The rows are the kinds of segments, as the origin sends them and as the responder does.
  private static func step(
    from state: State, _ kind: TrackedSegment.Kind, isReply: Bool
  ) -> Step {
    switch kind {
    case .reset: return state == .none ? .invalid : .to(.closed)
    case .none: return .invalid
    case .syn: return syn(in: state, isReply: isReply)
    case .synAck: return synAck(in: state, isReply: isReply)
    case .fin: return fin(in: state)
    case .ack: return ack(in: state, isReply: isReply)
    }
  }

  private static func syn(in state: State, isReply: Bool) -> Step {
    switch state {
    case .none, .synSent: .to(isReply ? .bothSynSent : .synSent)
    case .bothSynSent: .to(.bothSynSent)
    // A new connection with the ports of one that has ended (RFC 9293, section 3.10.7.4).
    case .timeWait, .closed: .restart
    // Perhaps the other end knows nothing of the connection any more: its answer will tell.
    default: isReply ? .invalid : .stay
    }
  }

  private static func synAck(in state: State, isReply: Bool) -> Step {
    switch state {
    case .synSent: isReply ? .to(.synReceived) : .invalid
    case .bothSynSent, .synReceived: .to(.synReceived)
    default: isReply && state != .none ? .stay : .invalid
    }
  }

  private static func fin(in state: State) -> Step {
    switch state {
    case .none, .synSent, .bothSynSent: .invalid
    case .synReceived, .established: .to(.finWait)
    case .finWait, .closeWait, .lastAck: .to(.lastAck)
    case .timeWait: .to(.timeWait)
    case .closed: .to(.closed)
    }
  }

  private static func ack(in state: State, isReply: Bool) -> Step {
    switch state {
    case .none: .invalid
    case .synSent, .bothSynSent: isReply ? .stay : .invalid
    // The responder's data before the third segment of the handshake leaves the state as it is.
    case .synReceived: .to(isReply ? .synReceived : .established)
    case .established: .to(.established)
    case .finWait, .closeWait: .to(.closeWait)
    case .lastAck, .timeWait: .to(.timeWait)
    case .closed: .to(.closed)
    }
  }

  // MARK: Windows

  /// How far behind what a side sent an acknowledgment may lie, at least.
  private static var leastAckWindow: UInt32 { 66_000 }

  private mutating func check(_ segment: TrackedSegment, isReply: Bool, liberal: Bool) -> Bool {
    if isReply {
      return Self.check(segment, state, isReply: true, &responder, &origin, liberal: liberal)
    }
    return Self.check(segment, state, isReply: false, &origin, &responder, liberal: liberal)
  }

  private static func check(
    _ segment: TrackedSegment, _ state: State, isReply: Bool, _ sender: inout Side,
    _ receiver: inout Side, liberal: Bool
  ) -> Bool {
    let flags = segment.flags
    var sequence = segment.sequence
    var end = segment.end
    var ack = segment.acknowledgment
    var selective = segment.highestSelective ?? ack
    if !receiver.permitsSelective { selective = ack }
    let handshakes =
      (state == .synSent && !isReply) || (state == .synReceived && isReply)
      || state == .bothSynSent
    if sender.maximumWindow == 0 {
      if flags.contains(.syn) {
        sender.start(with: segment)
        // Scaling holds only where both offered it (RFC 7323, section 2.2).
        if sender.scale == nil || receiver.scale == nil {
          sender.scale = nil
          receiver.scale = nil
        }
        if !flags.contains(.ack) { return true }
      } else {
        sender.end = end
        sender.maximumWindow = max(UInt32(segment.window) << UInt32(sender.scale ?? 0), 1)
        sender.maximumEnd = end &+ sender.maximumWindow
        if receiver.maximumWindow == 0 {
          receiver.end = selective
          receiver.maximumEnd = selective
        }
      }
    } else if handshakes, flags.contains(.syn), isAfter(end, sender.end) {
      // A SYN that was sent again with another number.
      sender.start(with: segment)
    }
    if !flags.contains(.ack) || (flags.contains(.rst) && ack == 0) {
      ack = receiver.end
      selective = ack
    }
    // A reset that answers a SYN has no number of its own (RFC 9293, section 3.5.2).
    if flags.contains(.rst), sequence == 0, state == .synSent || state == .bothSynSent {
      sequence = sender.end
      end = sequence
    }
    // A reset must lie in the window, and not before what was acknowledged (RFC 5961, section 3).
    if flags.contains(.rst), !liberal, let acknowledged = receiver.maximumAck,
      isAfter(acknowledged, sequence)
    {
      return false
    }
    let inWindow =
      !isAfter(sequence, sender.maximumEnd)
      && (receiver.maximumWindow == 0 || isAfter(end, sender.end &- receiver.maximumWindow &- 1))
      && !isAfter(selective, receiver.end)
      && isAfter(
        selective, receiver.end &- max(sender.maximumWindow, leastAckWindow) &- 1)
    guard inWindow else { return liberal }
    note(segment, end: end, ack: ack, selective: selective, &sender, &receiver)
    return true
  }

  /// What a segment that was taken says of both sides.
  private static func note(
    _ segment: TrackedSegment, end: UInt32, ack: UInt32, selective: UInt32, _ sender: inout Side,
    _ receiver: inout Side
  ) {
    var window = UInt32(segment.window)
    // The window of a SYN is not scaled (RFC 7323, section 2.2).
    if !segment.flags.contains(.syn) { window <<= UInt32(sender.scale ?? 0) }
    sender.maximumWindow = max(sender.maximumWindow, window &+ (selective &- ack))
    if isAfter(end, sender.end) { sender.end = end }
    if segment.flags.contains(.ack) {
      if let highest = sender.maximumAck {
        if isAfter(ack, highest) { sender.maximumAck = ack }
      } else {
        sender.maximumAck = ack
      }
    }
    if receiver.maximumWindow != 0, isAfter(end, sender.maximumEnd) {
      receiver.maximumWindow &+= end &- sender.maximumEnd
    }
    if !isAfter(receiver.maximumEnd, selective &+ window) {
      receiver.maximumEnd = selective &+ window
      // The probe of a window that is closed carries one byte.
      if window == 0 { receiver.maximumEnd &+= 1 }
    }
  }

  private static func isAfter(_ a: UInt32, _ b: UInt32) -> Bool {
    Int32(bitPattern: a &- b) > 0
  }
}

extension TCPTracker.Side {
  fileprivate mutating func start(with segment: TrackedSegment) {
    end = segment.end
    maximumEnd = segment.end
    maximumWindow = max(UInt32(segment.window), 1)
    take(segment)
  }

  fileprivate mutating func take(_ segment: TrackedSegment) {
    scale = segment.windowScale
    permitsSelective = segment.permitsSelective
  }
}
