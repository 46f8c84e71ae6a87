internal import MartletDevice

extension ConnectionTracker {
  /// Finds a packet's connection, follows it, makes a new one where that is asked.
  ///
  /// `isTracked` says that this tracker has seen the packet in this zone before: it is not followed twice.
  mutating func track(
    _ packet: TrackedPacket, _ request: borrowing TrackRequest, isTracked: Bool = false,
    now: Instant
  ) -> TrackOutcome {
    prepare()
    // Two for each that may come: the table empties itself, whoever polls.
    _ = table.expire(now: now, budget: 2)
    var packet = packet
    packet.tuple.zone = request.zone
    if let identification = packet.fragment {
      if packet.isLaterFragment {
        guard let whole = fragments.find(packet.tuple, identification, now: now) else {
          return invalid(.fragmentUnknown)
        }
        packet.tuple = whole
      } else {
        fragments.note(packet.tuple, identification, now: now)
      }
    }
    switch packet.content {
    case .untracked: return invalid(.noConnection)
    case .error(let quoted): return relate(packet, quoted, request)
    default: break
    }
    if let found = table.find(packet.tuple) {
      if let outcome = follow(packet, found.number, found.isReply, request, isTracked, now: now) {
        return outcome
      }
    } else if isTracked, let found = table.find(packet.tuple.inverted) {
      // What an earlier look has translated already.
      return describe(found.number, isReply: !found.isReply, request, translates: false)
    }
    return begin(packet, request, now: now)
  }

  private mutating func invalid(_ reason: TrackingDrop) -> TrackOutcome {
    count(reason)
    return TrackOutcome(state: [.invalid, .tracked], drop: reason)
  }

  // MARK: Known connections

  /// What a packet of a connection is to it; `nil` when the connection is over and the packet begins another.
  private mutating func follow(
    _ packet: TrackedPacket, _ number: Int32, _ isReply: Bool, _ request: borrowing TrackRequest,
    _ isTracked: Bool, now: Instant
  ) -> TrackOutcome? {
    if request.forces, request.commits, isReply {
      table.remove(number)
      return nil
    }
    if !isTracked {
      switch note(packet, number, isReply: isReply, now: now) {
      case .valid: break
      case .invalid: return invalid(.badState)
      case .outOfWindow: return invalid(.outOfWindow)
      case .restart:
        table.remove(number)
        return nil
      }
    }
    return describe(number, isReply: isReply, request, translates: true)
  }

  private mutating func note(
    _ packet: TrackedPacket, _ number: Int32, isReply: Bool, now: Instant
  ) -> TCPTracker.Verdict {
    var verdict = TCPTracker.Verdict.valid
    let (timeouts, liberal) = (configuration.timeouts, configuration.isLiberal)
    table.update(number) { connection in
      let wasAnswered = connection.isAnswered
      if case .tcp(let segment) = packet.content, var tcp = connection.tcp {
        verdict = tcp.take(segment, isReply: isReply, liberal: liberal)
        guard verdict == .valid else { return }
        connection.tcp = tcp
        if isReply { connection.isAnswered = true }
        if tcp.state == .established, connection.isAnswered { connection.isAssured = true }
        // What nobody answered and is reset was nothing.
        connection.deadline =
          now + timeouts.interval(of: tcp, isAnswered: connection.isAnswered)
      } else {
        if isReply { connection.isAnswered = true }
        // A question alone may be forged; an answer and more shows two sides.
        if connection.original.ipProtocol == 17, wasAnswered, !isReply {
          connection.isAssured = true
        }
        let interval =
          connection.tcp.map { timeouts.interval(of: $0, isAnswered: connection.isAnswered) }
          ?? timeouts.interval(of: connection)
        connection.deadline = now + interval
      }
      if isReply {
        connection.replyPacketCount &+= 1
        connection.replyByteCount &+= UInt64(packet.length)
      } else {
        connection.packetCount &+= 1
        connection.byteCount &+= UInt64(packet.length)
      }
    }
    return verdict
  }

  /// What is said of a packet of a connection, whose mark and label are set where that is asked.
  private mutating func describe(
    _ number: Int32, isReply: Bool, _ request: borrowing TrackRequest, translates: Bool
  ) -> TrackOutcome {
    let setsAny = UInt128(request.markMask) | request.labelMask != 0
    if request.commits, setsAny {
      let (mark, markMask) = (request.mark, request.markMask)
      let (label, labelMask) = (request.label, request.labelMask)
      table.update(number) { connection in
        connection.mark = connection.mark & ~markMask | mark & markMask
        connection.label = connection.label & ~labelMask | label & labelMask
      }
    }
    let connection = table[number]
    var state: TrackState = [.tracked]
    if isReply {
      state.formUnion([.established, .reply])
    } else {
      state.insert(connection.isAnswered ? .established : .new)
    }
    var outcome = TrackOutcome(state: state, mark: connection.mark, label: connection.label)
    if request.nat != nil { translate(connection, isReply: isReply, translates, &outcome) }
    return outcome
  }

  private func translate(
    _ connection: Connection, isReply: Bool, _ translates: Bool, _ outcome: inout TrackOutcome
  ) {
    let (source, destination) = (connection.translatesSource, connection.translatesDestination)
    if isReply ? destination : source { outcome.state.insert(.sourceTranslated) }
    if isReply ? source : destination { outcome.state.insert(.destinationTranslated) }
    guard translates, source || destination else { return }
    outcome.translation = AddressTranslation(tuple: connection.translated(isReply: isReply))
  }

  // MARK: Errors

  /// What an ICMP error is to the connection whose packet it quotes.
  private mutating func relate(
    _ packet: TrackedPacket, _ quoted: ConnectionTuple, _ request: borrowing TrackRequest
  ) -> TrackOutcome {
    var quoted = quoted
    quoted.zone = request.zone
    // The error goes against the packet that it quotes.
    guard let found = table.find(quoted.inverted) else { return invalid(.unrelated) }
    let connection = table[found.number]
    var outcome = TrackOutcome(
      state: [.related, .tracked], mark: connection.mark, label: connection.label)
    if found.isReply { outcome.state.insert(.reply) }
    guard request.nat != nil else { return outcome }
    translate(connection, isReply: found.isReply, true, &outcome)
    guard outcome.translation != nil else { return outcome }
    let inner = found.isReply ? connection.original : connection.reply
    var outer = packet.tuple
    // A router on the way speaks for itself, unless its address is hidden like the others behind it.
    if outcome.state.contains(.sourceTranslated) { outer.source = inner.destination }
    if outcome.state.contains(.destinationTranslated) { outer.destination = inner.source }
    outcome.translation = AddressTranslation(tuple: outer, quote: inner)
    return outcome
  }

  // MARK: New connections

  private mutating func begin(
    _ packet: TrackedPacket, _ request: borrowing TrackRequest, now: Instant
  ) -> TrackOutcome {
    var tcp: TCPTracker?
    switch packet.content {
    case .tcp(let segment):
      tcp = TCPTracker(first: segment, picksUp: configuration.picksUpConnections)
      guard tcp != nil else { return invalid(segment.isSane ? .noConnection : .badState) }
    case .query where !ConnectionTuple.isQuery(packet.tuple.icmpType):
      return invalid(.noConnection)
    // A later piece whose connection is not there: of TCP it could be anything.
    case .datagram where packet.tuple.ipProtocol == 6: return invalid(.noConnection)
    default: break
    }
    guard request.commits else { return TrackOutcome(state: [.new, .tracked]) }
    if let limit = configuration.zoneLimit, table.count(in: request.zone) >= limit {
      return invalid(.zoneFull)
    }
    guard let reply = reply(to: packet.tuple, request) else {
      return invalid(request.nat?.direction == nil ? .clash : .portsExhausted)
    }
    var connection = Connection(original: packet.tuple, reply: reply, deadline: now)
    connection.tcp = tcp
    connection.deadline =
      now
      + (tcp.map { configuration.timeouts.interval(of: $0, isAnswered: false) }
        ?? configuration.timeouts.interval(of: connection))
    connection.packetCount = 1
    connection.byteCount = UInt64(packet.length)
    if table.isFull {
      guard let first = table.firstToGiveWay else { return invalid(.tableFull) }
      table.remove(first)
      evictionCount &+= 1
    }
    guard let number = table.insert(connection) else { return invalid(.tableFull) }
    return describe(number, isReply: false, request, translates: true)
  }
}

extension TrackingTimeouts {
  /// How long a connection of a protocol without states lasts.
  func interval(of connection: Connection) -> Interval {
    switch connection.original.ipProtocol {
    case 17: connection.isAnswered ? udpStream : udp
    case 1, 58: icmp
    default: other
    }
  }
}
