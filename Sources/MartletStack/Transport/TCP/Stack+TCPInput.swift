internal import MartletDevice
internal import MartletWire

/// Segments from the network (RFC 9293, 3.10.7).
extension Stack {
  /// Takes a TCP segment whose IP header was found good.
  mutating func receiveTCP(
    _ bytes: RawSpan, source: IPv4Address, destination: IPv4Address, typeOfService: UInt8,
    info: FrameInfo, on interface: Int
  ) {
    counters.tcpInSegs &+= 1
    guard let tcp = try? TCPView(parsing: bytes) else {
      counters.tcpInErrs &+= 1
      return drop(.tcpMalformed)
    }
    if info.checksum == .unverified {
      var sum = InternetChecksum()
      sum.addPseudoHeader(
        source: source, destination: destination, protocol: .tcp, length: bytes.byteCount)
      sum.add(bytes)
      guard sum.value == 0 else {
        counters.tcpInErrs &+= 1
        return drop(.tcpChecksum)
      }
    }
    let segment = Segment(tcp, congestionExperienced: typeOfService & 3 == 3)
    let key = ConnectionKey(
      localAddress: destination, remoteAddress: source, localPort: tcp.destinationPort,
      remotePort: tcp.sourcePort)
    if let recent = self.tcp.demux.recent, recent.key == key {
      return deliver(segment, payload: tcp.payload, at: recent.index)
    }
    let hash = key.hash(secret)
    let reference = self.tcp.find(key, hash: hash)
    switch reference.kind {
    case .connection:
      self.tcp.demux.noteRecent(key, reference.index)
      deliver(segment, payload: tcp.payload, at: reference.index)
    case .halfOpen:
      receiveForHalfOpen(
        segment, payload: tcp.payload, at: reference.index, typeOfService: typeOfService)
    case .timeWait:
      receiveInTimeWait(
        segment, key: key, hash: hash, at: reference.index, on: interface,
        typeOfService: typeOfService)
    case nil:
      receiveWithoutConnection(
        segment, payload: tcp.payload, key: key, hash: hash, on: interface)
    }
  }
}

extension Stack {
  /// Hands a segment to its connection and does what that asks for.
  private mutating func deliver(_ segment: Segment, payload: RawSpan, at index: Int) {
    let continues =
      tcp.joinsRuns
      && tcp.connections[index].continueRun(
        segment, payload: payload, delayedAcknowledgment: configuration.delayedAcknowledgment,
        now: now, buffers: &buffers, counters: &counters)
    if !continues {
      tcp.connections[index].receive(
        segment, payload: payload, now: now, buffers: &buffers, counters: &counters,
        configuration: configuration)
    }
    if tcp.connections[index].owesAcknowledgmentAtOnce { acknowledgeAlone(index) }
    if tcp.connections[index].outcome.contains(.refuse) {
      refuse(segment, key: tcp.connections[index].key)
    }
    guard tcp.isInBatch, tcp.connections[index].outcome.isSubset(of: [.transmit, .progress]) else {
      return settle(index)
    }
    if tcp.unsettled != index { settleBatch() }
    tcp.unsettled = index
  }

  /// Settles the connection whose segments came one behind the other in this batch.
  ///
  /// It may have ended since by another connection's doing: its slot is then nobody's or another's,
  /// whom it does not harm.
  private mutating func settleBatch() {
    guard let index = tcp.unsettled else { return }
    tcp.unsettled = nil
    if tcp.connections.isUsed(index) { settle(index) }
  }

  /// Frames follow that come together: what a connection's segments ask for is done once for those
  /// that follow each other.
  @usableFromInline mutating func beginBatch() { tcp.isInBatch = true }

  /// The frames that came together are all in.
  @usableFromInline mutating func endBatch() {
    tcp.isInBatch = false
    settleBatch()
  }

  // MARK: No connection

  private mutating func receiveWithoutConnection(
    _ segment: Segment, payload: RawSpan, key: ConnectionKey, hash: UInt32, on interface: Int
  ) {
    guard let listener = findListener(key) else {
      drop(.tcpNoSocket)
      return refuse(segment, key: key)
    }
    if segment.flags.contains(.rst) { return drop(.tcpUnexpected) }
    if segment.flags.contains(.ack) {
      if let segmentSize = cookieSegmentSize(segment, key: key) {
        // Without room it is dropped, as a SYN is: the peer sends its data again.
        guard
          let index = acceptCookie(
            segment, segmentSize: segmentSize, key: key, hash: hash, listener: listener,
            on: interface)
        else { return }
        return deliver(segment, payload: payload, at: index)
      }
      drop(.tcpUnexpected)
      return refuse(segment, key: key)
    }
    guard segment.flags.contains(.syn), !segment.flags.contains(.fin) else {
      return drop(.tcpUnexpected)
    }
    receiveSyn(segment, key: key, hash: hash, listener: listener, on: interface)
  }

  /// The listener that fits a destination best; `nil` when none does.
  private func findListener(_ key: ConnectionKey) -> Int? {
    var best: Int?
    var bestFit = 0
    for index in 0..<tcp.listeners.highWater where tcp.listeners.isUsed(index) {
      let fit = tcp.listeners[index].fit(key.localAddress, key.localPort)
      if fit > bestFit {
        best = index
        bestFit = fit
      }
    }
    return best
  }

  // MARK: TIME-WAIT

  private mutating func receiveInTimeWait(
    _ segment: Segment, key: ConnectionKey, hash: UInt32, at index: Int, on interface: Int,
    typeOfService: UInt8
  ) {
    let record = tcp.timeWait[index]
    // RFC 1337: a reset does not cut the wait short.
    guard !segment.flags.contains(.rst) else { return drop(.tcpUnexpected) }
    if segment.flags.contains(.syn), !segment.flags.contains(.ack), isNewer(segment, than: record),
      let listener = findListener(key)
    {
      // RFC 6191: the peer reuses the pair, and its numbers show that it is a new connection. A SYN
      // that would be dropped, or answered with a cookie, whose number cannot be chosen, leaves the
      // record; the peer asks again.
      guard tcp.listeners[listener].hasRoom, !tcp.halfOpen.isFull else {
        return drop(.tcpBacklogFull)
      }
      removeTimeWait(index)
      return receiveSyn(
        segment, key: key, hash: hash, listener: listener, on: interface,
        previous: record.sendNext)
    }
    if segment.flags.contains(.fin), segment.end == record.receiveNext {
      // The peer's FIN once more, and nothing else begins the wait anew (RFC 9293, 3.10.7.4).
      tcp.timeWait.restart(index, expiry: now + configuration.timeWait)
    } else {
      let isBareAcknowledgment = segment.length == 0 && segment.sequence == record.receiveNext
      guard !isBareAcknowledgment, tcp.timeWait.mayAnswer(index, now: now) else { return }
    }
    sendControl(
      ControlSegment(
        key: key, sequence: record.sendNext, acknowledgment: record.receiveNext, flags: .ack,
        window: record.window,
        timestamp: record.hasTimestamps ? clock &+ record.timestampOffset : nil,
        timestampEcho: record.timestampRecent))
  }

  private func isNewer(_ segment: Segment, than record: TimeWaitTable.Record) -> Bool {
    if record.hasTimestamps, let timestamps = segment.options.timestamps {
      let age = Int32(bitPattern: timestamps.value &- record.timestampRecent)
      if age > 0 { return true }
      if age < 0 { return false }
    }
    return segment.sequence.follows(record.receiveNext)
  }

  /// Forgets a record.
  mutating func removeTimeWait(_ index: Int) {
    let record = tcp.timeWait.remove(index)
    tcp.demux.remove(record.hash, DemuxTable.Reference(.timeWait, index))
  }

  /// The timestamp clock before any connection's offset: milliseconds.
  var clock: UInt32 { UInt32(truncatingIfNeeded: now.microseconds / 1000) }
}
