internal import MartletDevice

extension Datapath {
  /// How often one frame may go through connection tracking.
  static var resumptionLimit: Int { 16 }

  /// Notes that frames of a kind go through connection tracking, and where they go on.
  mutating func apply(_ track: TrackAction, _ translation: inout Translation) {
    translation.commit()
    var request = TrackRequest()
    request.commits = track.commits
    request.forces = track.forces
    request.algorithm = track.algorithm
    switch track.zone {
    case .number(let number): request.zone = number
    case .field(let range):
      translation.mask[range.field] |= range.mask
      request.zone = UInt16(truncatingIfNeeded: range.value(in: translation.key))
    }
    for action in track.actions { add(action, to: &request, &translation) }
    if let table = track.table {
      guard let number = number(of: Resumption(table: table, actionSet: translation.actionSet))
      else {
        translation.verdict.drop = .tooDeep
        translation.hasEnded = true
        return
      }
      request.resumption = number
      request.metadata = translation.key
      for word in 0..<16 {
        let bits = translation.key.words[word] ^ translation.original.words[word]
        if bits != 0 { request.changed.set(word: word, bits) }
      }
    }
    translation.append(.track(translation.verdict.tracks.count))
    translation.verdict.tracks.append(request)
  }

  private func add(
    _ action: Action, to request: inout TrackRequest, _ translation: inout Translation
  ) {
    switch action {
    case .nat(let nat): request.nat = nat
    case .setField(let field, let value, let mask): set(field, value, mask, &request)
    case .move(let from, let to):
      translation.mask[from.field] |= from.mask
      let value = from.value(in: translation.key)
      set(to.field, value << UInt128(to.start), to.mask, &request)
    default: return
    }
  }

  private func set(
    _ field: Field, _ value: UInt128, _ mask: UInt128, _ request: inout TrackRequest
  ) {
    if field == .trackMark {
      let bits = UInt32(truncatingIfNeeded: mask)
      request.mark = request.mark & ~bits | UInt32(truncatingIfNeeded: value) & bits
      request.markMask |= bits
    } else if field == .trackLabel {
      request.label = request.label & ~mask | value & mask
      request.labelMask |= mask
    }
  }

  /// The number of a resumption, a new one where there is none yet; `nil` when there are no more.
  private mutating func number(of resumption: Resumption) -> UInt16? {
    if let place = resumptions.firstIndex(of: resumption) { return UInt16(place + 1) }
    guard resumptions.count < 65_535 else { return nil }
    resumptions.append(resumption)
    return UInt16(resumptions.count)
  }

  // MARK: Steps

  /// What connection tracking finds of a frame.
  mutating func track(
    _ request: TrackRequest, _ key: FlowKey, _ packet: TrackedPacket?, now: Instant
  ) -> TrackOutcome {
    guard let packet else {
      tracker.count(.malformed)
      return TrackOutcome(state: [.invalid, .tracked], drop: .malformed)
    }
    let state = TrackState(rawValue: UInt32(truncatingIfNeeded: key[.trackState]))
    let isTracked =
      state.contains(.tracked) && !state.contains(.invalid)
      && key[.trackZone] == UInt128(request.zone)
    return tracker.track(packet, request, isTracked: isTracked, now: now)
  }

  /// What connection tracking reads of a frame; `nil` for what is no IP packet.
  static func packet(in frame: RawSpan, _ headers: FrameHeaders, _ key: FlowKey) -> TrackedPacket? {
    guard headers.network > 0, key[.etherType] == 0x0800 || key[.etherType] == 0x86dd else {
      return nil
    }
    return try? TrackedPacket(parsing: frame.extracting(headers.network..<frame.byteCount))
  }

  /// What the switch knows of a frame that goes on, given what it knew when the frame came.
  func resumedKey(
    _ request: TrackRequest, _ outcome: TrackOutcome, _ original: FlowKey
  ) -> FlowKey {
    var key = FlowKey()
    for word in 0..<16 {
      let changed = request.changed.bits.words[word]
      key.words[word] = original.words[word] & ~changed | request.metadata.words[word] & changed
    }
    key.resumption = request.resumption
    key[.trackState] = UInt128(outcome.state.rawValue)
    key[.trackZone] = UInt128(request.zone)
    key[.trackMark] = UInt128(outcome.mark)
    key[.trackLabel] = outcome.label
    return key
  }

  /// Hands the frame on to where it is looked up again, with what was found of it.
  ///
  /// The frame's bytes, those in the buffer if it was changed, are kept as they are for the steps that
  /// follow.
  mutating func resume(
    _ request: TrackRequest, _ outcome: TrackOutcome, _ frame: RawSpan, _ info: FrameInfo,
    isCopied: Bool, _ original: FlowKey, depth: Int, now: Instant,
    emit: (FlowOutput, RawSpan, FrameInfo) -> Void
  ) {
    guard depth < Self.resumptionLimit else { return count(.tooDeep) }
    var key = resumedKey(request, outcome, original)
    guard isCopied else {
      return process(&key, frame, info, depth: depth + 1, now: now, emit: emit)
    }
    var current = spares.popLast() ?? PacketBuffer()
    swap(&buffer, &current)
    process(&key, current.frame, current.info, depth: depth + 1, now: now, emit: emit)
    swap(&buffer, &current)
    spares.append(current)
  }
}
