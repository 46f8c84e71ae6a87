internal import MartletDevice
internal import MartletWire

/// The handshake from the listening side (RFC 9293, 3.10.7.2 and SYN-RECEIVED in 3.10.7.4).
extension Stack {
  /// A SYN for a listener. Overflow drops it, never resets: the peer asks again.
  ///
  /// `previous` is the last number that this side used between the same ends: a new connection in its
  /// place begins beyond it, so that nothing late is taken for its own (RFC 1122, 4.2.2.13; RFC 6191).
  mutating func receiveSyn(
    _ segment: Segment, key: ConnectionKey, hash: UInt32, listener: Int, on interface: Int,
    previous: SequenceNumber? = nil
  ) {
    guard tcp.listeners[listener].hasRoom else { return drop(.tcpBacklogFull) }
    guard !tcp.halfOpen.isFull else {
      return sendCookie(segment, key: key, listener: listener, on: interface)
    }
    let asksFirst = tcp.listeners[listener].options.asksFirst
    let entry = HalfOpen(
      key: key, hash: hash,
      listener: ListenerHandle(
        index: listener, generation: tcp.listeners.generation(at: listener)),
      interface: UInt8(truncatingIfNeeded: interface), initialReceive: segment.sequence,
      initialSend: initialSequence(key, beyond: previous), peer: PeerOptions(segment),
      usesECN: configuration.explicitCongestionNotification
        && segment.flags.contains([.ece, .cwr]),
      timestampOffset: timestampOffset(key), sentAt: now, awaitsAnswer: asksFirst)
    guard let index = tcp.halfOpen.insert(entry) else { return drop(.tcpHalfOpenFull) }
    tcp.demux.insert(hash, DemuxTable.Reference(.halfOpen, index))
    tcp.listeners[listener].halfOpenCount += 1
    tcp.timers.arm(tcp.timer(ofHalfOpen: index), at: now + RoundTrip.initialTimeout)
    if asksFirst {
      queueForAnswer(index, listener: listener)
    } else {
      sendSynAcknowledgment(index)
    }
  }

  /// Sends, or sends again, the SYN-ACK of a half-open entry.
  mutating func sendSynAcknowledgment(_ index: Int) {
    let entry = tcp.halfOpen[index]
    var segment = ControlSegment(
      key: entry.key, sequence: entry.initialSend,
      acknowledgment: entry.initialReceive.advanced(by: 1), flags: [.syn, .ack],
      window: UInt16(clamping: receiveLimit(of: entry)))
    if entry.usesECN { segment.flags.insert(.ece) }
    var offer = HandshakeOffer(segmentSize: pathSegmentSize(entry.key, on: Int(entry.interface)))
    if entry.peer.windowScale != nil {
      offer.windowScale = Connection.scale(for: Int32(clamping: receiveMaximum(of: entry)))
    }
    offer.isSelective = entry.peer.isSelective && configuration.selectiveAcknowledgment
    if let value = entry.peer.timestampValue, configuration.timestamps {
      offer.timestamp = clock &+ entry.timestampOffset
      offer.timestampEcho = value
    }
    offer.userTimeout = userTimeoutOption(options(of: entry))
    segment.offer = offer
    if entry.sendCount == 0 { tcp.halfOpen[index].sentAt = now }
    tcp.halfOpen[index].sendCount = entry.sendCount == .max ? .max : entry.sendCount + 1
    sendControl(segment)
  }

  private func userTimeoutOption(_ options: ConnectionOptions) -> UInt16? {
    options.exchangesUserTimeout ? options.userTimeout.map(UserTimeout.option) : nil
  }

  private func options(of entry: HalfOpen) -> ConnectionOptions {
    tcp.listeners[Int(entry.listener.index)].options.connection
  }

  private func receiveLimit(of entry: HalfOpen) -> Int {
    options(of: entry).receiveBufferLimit ?? configuration.receiveBufferLimit
  }

  private func receiveMaximum(of entry: HalfOpen) -> Int {
    options(of: entry).receiveBufferLimit
      ?? max(configuration.receiveBufferLimit, configuration.receiveBufferMaximum)
  }

  /// The payload of a full segment on the path to a peer, no option deducted.
  func pathSegmentSize(_ key: ConnectionKey, on interface: Int) -> UInt16 {
    UInt16(clamping: pathMTU(to: key.remoteAddress, on: interface) - 40)
  }

  // MARK: Third segment

  /// A segment for a handshake under way.
  mutating func receiveForHalfOpen(
    _ segment: Segment, payload: RawSpan, at index: Int, typeOfService: UInt8
  ) {
    let entry = tcp.halfOpen[index]
    let expected = entry.initialReceive.advanced(by: 1)
    if segment.flags.contains(.rst) {
      // RFC 5961, 3.2: only the exact number counts.
      guard segment.sequence == expected else { return drop(.tcpUnexpected) }
      counters.tcpAttemptFails &+= 1
      return removeHalfOpen(index)
    }
    if segment.flags.contains(.syn) {
      guard segment.sequence == entry.initialReceive, !segment.flags.contains(.ack) else {
        return drop(.tcpUnexpected)
      }
      if !entry.awaitsAnswer { sendSynAcknowledgment(index) }
      return
    }
    guard segment.flags.contains(.ack), !entry.awaitsAnswer else { return drop(.tcpUnexpected) }
    guard segment.acknowledgment == entry.initialSend.advanced(by: 1) else {
      drop(.tcpBadAcknowledgment)
      return refuse(segment, key: entry.key)
    }
    let offset = segment.sequence.distance(from: expected)
    guard offset >= 0, offset <= receiveLimit(of: entry) else { return drop(.tcpOutOfWindow) }
    let listener = Int(entry.listener.index)
    guard tcp.listeners[listener].hasRoom else {
      // The peer believes itself connected; its data, or our SYN-ACK again, gives another chance.
      return drop(.tcpBacklogFull)
    }
    guard let connection = complete(entry, replacing: index) else { return }
    tcp.connections[connection].receive(
      segment, payload: payload, now: now, buffers: &buffers, counters: &counters,
      configuration: configuration)
    settle(connection)
  }

  /// Makes a connection of a half-open entry, in SYN-RECEIVED; `nil` when the table is full.
  private mutating func complete(_ entry: HalfOpen, replacing index: Int) -> Int? {
    guard !tcp.connections.isFull else {
      drop(.tcpConnectionsFull)
      return nil
    }
    let (retryCount, sendCount, sentAt) = (entry.retryCount, entry.sendCount, entry.sentAt)
    guard let connection = insertPassive(entry) else { return nil }
    if retryCount > 0 {
      tcp.connections[connection].handshakeWasRepeated()
    } else if sendCount == 1 {
      tcp.connections[connection].roundTrip.sample(now - sentAt, at: now)
    }
    tcp.demux.replace(
      entry.hash, DemuxTable.Reference(.halfOpen, index),
      with: DemuxTable.Reference(.connection, connection))
    releaseHalfOpen(index)
    return connection
  }

  /// Puts a connection in SYN-RECEIVED into the table.
  private mutating func insertPassive(_ entry: HalfOpen) -> Int? {
    let interface = Int(entry.interface)
    var connection = Connection(
      key: entry.key, hash: entry.hash, interface: interface, state: .synReceived,
      initialSend: entry.initialSend, timestampOffset: entry.timestampOffset,
      options: options(of: entry), configuration: configuration,
      pathSegmentSize: Int(pathSegmentSize(entry.key, on: interface)), now: now)
    connection.sendNext = entry.initialSend.advanced(by: 1)
    connection.receiveNext = entry.initialReceive.advanced(by: 1)
    connection.acknowledged = connection.receiveNext
    connection.receiveEdge = connection.receiveNext.advanced(
      by: min(Int(connection.receiveLimit), 65_535))
    connection.windowSequence = entry.initialReceive
    connection.listener = entry.listener
    connection.flags.insert(.unaccepted)
    if entry.usesECN { connection.flags.insert(.ecn) }
    connection.negotiate(entry.peer, now: now, configuration: configuration)
    return tcp.connections.insert(connection)
  }

  /// Forgets a half-open entry and its place in the table.
  mutating func removeHalfOpen(_ index: Int) {
    let hash = tcp.halfOpen[index].hash
    tcp.demux.remove(hash, DemuxTable.Reference(.halfOpen, index))
    releaseHalfOpen(index)
  }

  private mutating func releaseHalfOpen(_ index: Int) {
    tcp.timers.disarm(tcp.timer(ofHalfOpen: index))
    let entry = tcp.halfOpen[index]
    if entry.awaitsAnswer { unqueueForAnswer(index, listener: Int(entry.listener.index)) }
    tcp.listeners[Int(entry.listener.index)].halfOpenCount -= 1
    tcp.halfOpen.remove(at: index)
  }

  /// A half-open entry's timer ran out: the SYN-ACK goes again, five times in all.
  mutating func halfOpenTimedOut(_ index: Int) {
    let entry = tcp.halfOpen[index]
    guard entry.retryCount < 5 else {
      counters.tcpAttemptFails &+= 1
      return removeHalfOpen(index)
    }
    tcp.halfOpen[index].retryCount += 1
    let wait = RoundTrip.initialTimeout * (2 << Int64(entry.retryCount))
    tcp.timers.arm(tcp.timer(ofHalfOpen: index), at: now + wait)
    if !entry.awaitsAnswer { sendSynAcknowledgment(index) }
  }

  // MARK: Cookies

  private mutating func sendCookie(
    _ segment: Segment, key: ConnectionKey, listener: Int, on interface: Int
  ) {
    // An owner who is asked first needs an entry to be asked about.
    guard !tcp.listeners[listener].options.asksFirst else { return drop(.tcpHalfOpenFull) }
    counters.tcpSYNCookiesSent &+= 1
    tcp.cookies.sentAt = now
    let peer = PeerOptions(segment)
    let options = tcp.listeners[listener].options.connection
    let limit = options.receiveBufferLimit ?? configuration.receiveBufferLimit
    var answer = ControlSegment(
      key: key,
      sequence: tcp.cookies.encode(
        key, peerSequence: segment.sequence, segmentSize: peer.segmentSize, now: now),
      acknowledgment: segment.sequence.advanced(by: 1), flags: [.syn, .ack],
      window: UInt16(clamping: limit))
    var offer = HandshakeOffer(segmentSize: pathSegmentSize(key, on: interface))
    if let value = peer.timestampValue, configuration.timestamps {
      offer.isSelective = peer.isSelective && configuration.selectiveAcknowledgment
      if peer.windowScale != nil {
        offer.windowScale = Connection.scale(
          for: Int32(
            clamping: options.receiveBufferLimit
              ?? max(configuration.receiveBufferLimit, configuration.receiveBufferMaximum)))
      }
      offer.timestamp = SYNCookies.timestamp(
        clock &+ timestampOffset(key), windowScale: peer.windowScale,
        isSelective: offer.isSelective)
      offer.timestampEcho = value
    }
    offer.userTimeout = userTimeoutOption(options)
    answer.offer = offer
    sendControl(answer)
  }

  /// The segment size in the cookie that an acknowledgment returns; `nil` when it returns none.
  func cookieSegmentSize(_ segment: Segment, key: ConnectionKey) -> UInt16? {
    guard tcp.cookies.mayReturn(now: now), !segment.flags.contains(.syn) else { return nil }
    return tcp.cookies.decode(
      segment.acknowledgment.advanced(by: -1), key,
      peerSequence: segment.sequence.advanced(by: -1), now: now)
  }

  /// A connection made from a returned cookie; `nil` when there is no room for it.
  mutating func acceptCookie(
    _ segment: Segment, segmentSize: UInt16, key: ConnectionKey, hash: UInt32, listener: Int,
    on interface: Int
  ) -> Int? {
    guard tcp.listeners[listener].hasRoom, !tcp.connections.isFull else {
      drop(.tcpBacklogFull)
      return nil
    }
    var peer = PeerOptions(
      segmentSize: segmentSize, windowScale: nil, timestampValue: nil, isSelective: false)
    if let timestamps = segment.options.timestamps, configuration.timestamps {
      let offers = SYNCookies.offers(timestamps.echo)
      peer.timestampValue = timestamps.value
      peer.windowScale = offers.windowScale
      peer.isSelective = offers.isSelective
    }
    let entry = HalfOpen(
      key: key, hash: hash,
      listener: ListenerHandle(
        index: listener, generation: tcp.listeners.generation(at: listener)),
      interface: UInt8(truncatingIfNeeded: interface),
      initialReceive: segment.sequence.advanced(by: -1),
      initialSend: segment.acknowledgment.advanced(by: -1), peer: peer, usesECN: false,
      timestampOffset: timestampOffset(key),
      sentAt: now)
    guard let index = insertPassive(entry) else { return nil }
    counters.tcpSYNCookiesRecv &+= 1
    tcp.demux.insert(hash, DemuxTable.Reference(.connection, index))
    return index
  }
}

extension PeerOptions {
  /// What a SYN offers.
  init(_ segment: Segment) {
    let options = segment.options
    self.init(
      segmentSize: options.maximumSegmentSize ?? 536, windowScale: options.windowScale,
      timestampValue: options.timestamps?.value,
      isSelective: options.selectiveAcknowledgmentPermitted, userTimeout: options.userTimeout)
  }
}
