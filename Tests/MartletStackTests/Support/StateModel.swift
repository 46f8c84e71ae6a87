import MartletWire

@testable import MartletStack

/// The states of RFC 9293, section 3.10, written a second time, from the text and as short as it
/// goes: what the stack is compared with after every step.
///
/// Numbers are counted from each side's initial one. Nothing is lost and no time passes, so what the
/// stack may send it has sent.
struct StateModel {
  enum State: String {
    case closed, listen, synSent, synReceived, established, finWait1, finWait2, closeWait, closing
    case lastAck, timeWait
  }

  /// What a segment of the peer says. `ack` is `nil` without the ACK flag.
  struct Arrival: CustomStringConvertible {
    var syn = false
    var fin = false
    var rst = false
    var seq = 0
    var ack: Int?
    var length = 0

    var description: String {
      (syn ? "SYN " : "") + (fin ? "FIN " : "") + (rst ? "RST " : "") + "seq \(seq) "
        + (ack.map { "ack \($0) " } ?? "") + "length \(length)"
    }
  }

  var state = State.closed
  let isPassive: Bool
  /// SND.UNA, SND.NXT, RCV.NXT.
  var unacknowledged = 0
  var next = 0
  var expected = 0
  var hasFin = false
  var isOrphaned = false
  /// A half-open entry of a listener's, not yet a connection.
  var isHalfOpen = false
  var unread = 0
  /// The receive window that was offered, which unread bytes take from.
  var edge = 0
  let window = 65_535

  init(isPassive: Bool) {
    self.isPassive = isPassive
    state = isPassive ? .listen : .closed
  }

  private var canReceive: Bool {
    state == .established || state == .finWait1 || state == .finWait2
  }
  private var isOver: State { isPassive ? .listen : .closed }

  /// What happens on the user's call; true when the peer is reset.
  mutating func open() {
    state = .synSent
    next = 1
  }

  mutating func write(_ count: Int) -> Bool {
    guard state == .established || state == .closeWait, !hasFin else { return false }
    next += count
    return true
  }

  mutating func shutdown() -> Bool {
    guard state == .established || state == .closeWait, !hasFin else { return false }
    sendFin()
    return true
  }

  private mutating func sendFin() {
    hasFin = true
    if state == .established {
      state = .finWait1
    } else if state == .closeWait {
      state = .lastAck
    } else {
      return
    }
    next += 1
  }

  mutating func close() -> Bool {
    isOrphaned = true
    if state == .synSent {
      state = .closed
      return false
    }
    if unread > 0, state != .timeWait {
      state = isOver
      return true
    }
    unread = 0
    if !hasFin { sendFin() }
    return false
  }

  mutating func abort() -> Bool {
    let resets = state != .synSent && state != .timeWait
    state = isOver
    return resets
  }

  /// What happens when a segment arrives; true when it is answered with a reset.
  mutating func arrive(_ segment: Arrival) -> Bool {
    let resets = process(segment)
    // Closed before the handshake was complete: the FIN goes behind it.
    if hasFin, state == .established || state == .closeWait { sendFin() }
    return resets
  }

  private mutating func process(_ segment: Arrival) -> Bool {
    switch state {
    case .closed:
      return !segment.rst
    case .listen:
      return arriveInListen(segment)
    case .synSent:
      return arriveInSynSent(segment)
    case .synReceived where isHalfOpen:
      return arriveAtHalfOpen(segment)
    default:
      return arriveSynchronized(segment)
    }
  }

  private mutating func arriveInListen(_ segment: Arrival) -> Bool {
    if segment.rst { return false }
    if segment.ack != nil { return true }
    guard segment.syn, !segment.fin else { return false }
    state = .synReceived
    isHalfOpen = true
    (unacknowledged, next, expected) = (0, 1, segment.seq + 1)
    edge = expected + window
    return false
  }

  private mutating func arriveInSynSent(_ segment: Arrival) -> Bool {
    if let ack = segment.ack, ack != 1 { return !segment.rst }
    if segment.rst {
      if segment.ack != nil { state = .closed }
      return false
    }
    guard segment.syn else { return false }
    expected = segment.seq + 1
    edge = expected + window
    if segment.ack == nil {
      state = .synReceived
    } else {
      establish()
      take(segment.length, fin: segment.fin, at: expected)
    }
    return false
  }

  private mutating func arriveAtHalfOpen(_ segment: Arrival) -> Bool {
    if segment.rst {
      if segment.seq == expected { state = .listen }
      return false
    }
    if segment.syn { return false }
    guard let ack = segment.ack else { return false }
    if ack != 1 { return true }
    guard segment.seq >= expected, segment.seq <= expected + window else { return false }
    isHalfOpen = false
    establish()
    take(segment.length, fin: segment.fin, at: segment.seq)
    return false
  }

  private mutating func establish() {
    unacknowledged = 1
    state = .established
  }

  private func isAcceptable(_ segment: Arrival) -> Bool {
    let length = segment.length + (segment.syn ? 1 : 0) + (segment.fin ? 1 : 0)
    let last = segment.seq + length - 1
    if length == 0 { return segment.seq >= expected && segment.seq <= edge }
    return (segment.seq >= expected && segment.seq < edge) || (last >= expected && last < edge)
  }

  private mutating func arriveSynchronized(_ segment: Arrival) -> Bool {
    var segment = segment
    if state == .synReceived, segment.syn, !segment.rst, !segment.fin,
      segment.seq + 1 == expected
    {
      // The SYN that crossed ours, again: with an acknowledgment it completes the handshake.
      guard segment.ack == 1 else { return false }
      segment.syn = false
      segment.seq = expected
    }
    guard isAcceptable(segment) else { return false }
    if segment.rst {
      if segment.seq == expected, state != .timeWait { state = isOver }
      return false
    }
    guard !segment.syn, let ack = segment.ack else { return false }
    if state == .synReceived {
      guard ack == next else { return true }
      establish()
    } else {
      guard ack <= next else { return false }
      unacknowledged = max(unacknowledged, ack)
      if hasFin, unacknowledged == next {
        if state == .finWait1 { state = .finWait2 }
        if state == .closing { state = .timeWait }
        if state == .lastAck {
          state = isOver
          return false
        }
      }
    }
    if segment.length > 0, canReceive, isOrphaned {
      state = isOver
      return true
    }
    take(segment.length, fin: segment.fin, at: segment.seq)
    return false
  }

  /// Data and FIN, of which only what begins at or before RCV.NXT is ever sent here.
  private mutating func take(_ length: Int, fin: Bool, at seq: Int) {
    guard canReceive, seq <= expected else { return }
    let fresh = max(0, seq + length - expected)
    expected += fresh
    unread += fresh
    guard fin, seq + length == expected else { return }
    expected += 1
    switch state {
    case .established: state = .closeWait
    case .finWait1: state = .closing
    default: state = .timeWait
    }
  }
}
