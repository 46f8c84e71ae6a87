public import MartletDevice
internal import MartletWire

extension Datapath {
  /// Takes a frame from a port and sends on what becomes of it.
  ///
  /// - Parameters:
  ///   - frame: The frame, without its check sequence.
  ///   - info: Which of its checksums and segments are left undone.
  ///   - inPort: The port that it came by.
  ///   - tunnel: What its tunnel says of it.
  ///   - now: The time.
  ///   - emit: Is called for every frame that is to be sent; it must not call the datapath.
  public mutating func process(
    _ frame: RawSpan, _ info: FrameInfo, from inPort: PortNumber,
    tunnel: TunnelMetadata = TunnelMetadata(), now: Instant,
    emit: (FlowOutput, RawSpan, FrameInfo) -> Void
  ) {
    guard let place = place(of: inPort) else { return count(.portDown) }
    ports[place].counters.receivedPackets &+= 1
    ports[place].counters.receivedBytes &+= UInt64(frame.byteCount)
    guard ports[place].flags.isDisjoint(with: [.isDown, .noReceive]) else {
      ports[place].counters.droppedOnReceive &+= 1
      return count(.portDown)
    }
    if loopGuard != nil {
      guard !takeProbe(frame, at: inPort, now: now), ports[place].block == nil else {
        return count(.loop)
      }
    }
    var key = FlowKey()
    key.words[0] = UInt64(inPort.rawValue) << 32
    key.words[2] = tunnel.id
    key.words[3] = UInt64(tunnel.source) << 32 | UInt64(tunnel.destination)
    process(&key, frame, info, depth: 0, now: now, emit: emit)
  }

  /// Takes a frame of which `key` says what the switch knows.
  mutating func process(
    _ key: inout FlowKey, _ frame: RawSpan, _ info: FrameInfo, depth: Int, now: Instant,
    emit: (FlowOutput, RawSpan, FrameInfo) -> Void
  ) {
    guard let headers = key.extract(frame) else { return count(.malformed) }
    cache.validate(version: version)
    if let found = cache.find(key) {
      if cache.shortcuts[Int(found)].place >= 0 {
        take(Int(found), frame, info, now: now, emit: emit)
      } else {
        let remembered = cache.verdicts[Int(found)]
        execute(remembered.verdict, frame, headers, info, key, depth: depth, now: now, emit: emit)
        refresh(Int(found), remembered.verdict, now: now)
      }
      return
    }
    let translation = translate(key, frame, now: now)
    if translation.isCacheable {
      cache.validate(version: version)
      let shortcut = Shortcut(translation.verdict) { place(of: $0) }
      _ = cache.insert(translation.verdict, shortcut, key, translation.mask)
    }
    execute(translation.verdict, frame, headers, info, key, depth: depth, now: now, emit: emit)
  }

  /// Does a list of actions with a frame that a controller sends.
  ///
  /// - Parameters:
  ///   - frame: The frame.
  ///   - inPort: The port that it shall be from; `none` where there is none.
  ///   - actions: What is done.
  ///   - now: The time.
  ///   - emit: As for `process`.
  /// - Throws: What is wrong with the actions.
  public mutating func send(
    _ frame: RawSpan, from inPort: PortNumber, actions: [Action], now: Instant,
    emit: (FlowOutput, RawSpan, FrameInfo) -> Void
  ) throws(FlowError) {
    try check(actions, in: 0)
    var key = FlowKey()
    key.inPort = inPort
    guard let headers = key.extract(frame) else { return count(.malformed) }
    let translation = translate(actions, key, frame, now: now)
    execute(
      translation.verdict, frame, headers, FrameInfo(), key, depth: 0, now: now, emit: emit)
  }

  /// What would become of a frame, step by step; no counter moves, but stations and flows are learned.
  ///
  /// Where connection tracking would be asked the frame goes on as the first of a new connection.
  ///
  /// - Returns: The steps, the bits of the frame that were looked at, and the frame's key; `nil` for what is
  ///   no frame.
  public mutating func trace(
    _ frame: RawSpan, from inPort: PortNumber, tunnel: TunnelMetadata = TunnelMetadata(),
    now: Instant
  ) -> (steps: [TraceStep], mask: FlowMask, key: FlowKey)? {
    var key = FlowKey()
    key.inPort = inPort
    key[.tunnelID] = UInt128(tunnel.id)
    key[.tunnelSource] = UInt128(tunnel.source)
    key[.tunnelDestination] = UInt128(tunnel.destination)
    guard key.extract(frame) != nil else { return nil }
    let translation = translate(key, frame, now: now, traces: true)
    var steps = translation.trace ?? []
    if let drop = translation.verdict.drop { steps.append(.dropped(drop)) }
    var waiting = translation.verdict.tracks[...]
    var rounds = 0
    while let request = waiting.popFirst(), rounds < Self.resumptionLimit {
      guard request.resumption > 0 else { continue }
      rounds += 1
      var outcome = TrackOutcome()
      outcome.state = [.tracked, .new]
      var next = resumedKey(request, outcome, key)
      _ = next.extract(frame)
      let after = translate(next, frame, now: now, traces: true)
      steps += after.trace ?? []
      if let drop = after.verdict.drop { steps.append(.dropped(drop)) }
      waiting += after.verdict.tracks
    }
    return (steps, translation.mask, key)
  }

  /// A station that still sends is not forgotten, even where the tables are not asked any more.
  private mutating func refresh(_ number: Int, _ verdict: Verdict, now: Instant) {
    // What was done may have made the caches forget.
    guard number < cache.shortcuts.count else { return }
    if let learnedAt = cache.shortcuts[number].learnedAt, learnedAt + .seconds(1) > now { return }
    cache.shortcuts[number].learnedAt = now
    for step in verdict.steps {
      guard case .learn(let address, let vlan, let port) = step else { continue }
      if stations.learn(MACAddress(rawValue: address), vlan: vlan, at: port, now: now) {
        version &+= 1
      }
    }
  }

  // MARK: Steps

  /// Does what a shortcut says.
  @inline(__always)
  private mutating func take(
    _ number: Int, _ frame: RawSpan, _ info: FrameInfo, now: Instant,
    emit: (FlowOutput, RawSpan, FrameInfo) -> Void
  ) {
    let shortcut = cache.shortcuts[number]
    let length = UInt64(frame.byteCount)
    for slot in 0..<4 {
      let flow = shortcut.flows[slot]
      if flow < 0 { break }
      store.count(flow, packets: 1, bytes: length, now: now)
    }
    if shortcut.learns { refresh(number, cache.verdicts[number].verdict, now: now) }
    let place = Int(shortcut.place)
    ports[place].counters.sentPackets &+= 1
    ports[place].counters.sentBytes &+= length
    emit(.port(shortcut.port, TunnelMetadata()), frame, info)
  }

  private mutating func execute(
    _ verdict: Verdict, _ frame: RawSpan, _ headers: FrameHeaders, _ info: FrameInfo,
    _ key: FlowKey, depth: Int, now: Instant, emit: (FlowOutput, RawSpan, FrameInfo) -> Void
  ) {
    let length = UInt64(frame.byteCount)
    for flow in verdict.flows { store.count(flow, packets: 1, bytes: length, now: now) }
    if let drop = verdict.drop { count(drop) }
    var tunnel = TunnelMetadata()
    var isCopied = false
    for step in verdict.steps {
      switch step {
      case .output(let port):
        guard let place = place(of: port) else { continue }
        ports[place].counters.sentPackets &+= 1
        ports[place].counters.sentBytes &+= UInt64(isCopied ? buffer.count : frame.byteCount)
        if isCopied {
          emit(.port(port, tunnel), buffer.frame, buffer.info)
        } else {
          emit(.port(port, tunnel), frame, info)
        }
      case .controller(let index):
        if let place = place(of: key.inPort), ports[place].flags.contains(.noPacketIn) { continue }
        let packetIn = verdict.packetIns[index]
        if isCopied {
          emit(.controller(packetIn), buffer.frame, buffer.info)
        } else {
          emit(.controller(packetIn), frame, info)
        }
      case .tunnel(let new): tunnel = new
      case .meter(let id):
        switch take(frame.byteCount, from: id, now: now) {
        case .drop?: return count(.meter)
        case .remark(let levels)?:
          if !isCopied {
            guard buffer.load(frame, headers, info) else { return count(.tooLong) }
            isCopied = true
          }
          buffer.raiseDropPrecedence(by: levels)
        case nil: continue
        }
      case .countGroup(let id):
        guard let place = place(ofGroup: id) else { continue }
        groups[place].packetCount &+= 1
        groups[place].byteCount &+= length
      case .learn: continue
      case .track(let index):
        let request = verdict.tracks[index]
        let packet =
          isCopied
          ? Self.packet(in: buffer.frame, buffer.headers, key)
          : Self.packet(in: frame, headers, key)
        let outcome = track(request, key, packet, now: now)
        if let translation = outcome.translation {
          if !isCopied {
            guard buffer.load(frame, headers, info) else { return count(.tooLong) }
            isCopied = true
          }
          buffer.translate(translation)
        }
        guard request.resumption > 0 else { continue }
        resume(
          request, outcome, frame, info, isCopied: isCopied, key, depth: depth, now: now, emit: emit
        )
      default:
        if !isCopied {
          guard buffer.load(frame, headers, info) else { return count(.tooLong) }
          isCopied = true
        }
        modify(by: step, verdict, frame, info)
      }
    }
  }

  private mutating func take(
    _ byteCount: Int, from id: UInt32, now: Instant
  ) -> Meter.Band.Effect? {
    guard let place = place(ofMeter: id) else { return nil }
    return meters[place].take(byteCount: byteCount, now: now)
  }

  /// Does a step that changes the frame in the buffer.
  mutating func modify(
    by step: Step, _ verdict: borrowing Verdict, _ frame: RawSpan, _ info: FrameInfo
  ) {
    switch step {
    case .rewrite(let index): buffer.rewrite(verdict.rewrites[index])
    case .pushVLAN(let type, let tci): _ = buffer.pushVLAN(type: type, tci: tci)
    case .setVLAN(let tci): buffer.setVLAN(tci: tci)
    case .popVLAN: buffer.popVLAN()
    case .pushMPLS(let type, let entry): _ = buffer.pushMPLS(type: type, entry: entry)
    case .popMPLS(let type): buffer.popMPLS(type: type)
    case .restore:
      var key = FlowKey()
      guard let headers = key.extract(frame) else { return }
      _ = buffer.load(frame, headers, info)
    default: return
    }
  }
}
