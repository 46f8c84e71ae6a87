internal import MartletDevice

extension Datapath {
  /// Does an action that changes what flows see of a frame.
  mutating func change(_ action: Action, _ translation: inout Translation, _ frame: RawSpan) {
    switch action {
    case .setField(let field, let value, let mask): set(field, value, mask, &translation)
    case .move(let from, let to):
      translation.mask[from.field] |= from.mask
      let value = from.value(in: translation.key)
      set(to.field, value << UInt128(to.start), to.mask, &translation)
    case .setVLANID(let id): setTag(UInt16(id & 0xfff), under: 0xe000, &translation)
    case .setVLANPriority(let priority):
      setTag(UInt16(priority & 7) << 13, under: 0xfff, &translation)
    case .pushVLAN(let type): pushVLAN(type, &translation)
    case .popVLAN: popVLAN(&translation, frame)
    case .pushMPLS(let type): pushMPLS(type, &translation)
    case .popMPLS(let type): popMPLS(type, &translation, frame)
    case .setMPLSTTL(let ttl): set(.mplsTTL, UInt128(ttl), 0xff, &translation)
    case .decrementMPLSTTL: decrementTTL(.mplsTTL, &translation)
    case .decrementTTL: decrementTTL(.ipTTL, &translation)
    case .push(let range):
      translation.mask[range.field] |= range.mask
      guard translation.stack.count < 1024 else { return }
      translation.stack.append(range.value(in: translation.key))
    case .pop(let range):
      guard let value = translation.stack.popLast() else { return }
      set(range.field, value << UInt128(range.start), range.mask, &translation)
    default: return
    }
  }

  private func set(
    _ field: Field, _ value: UInt128, _ mask: UInt128, _ translation: inout Translation
  ) {
    guard translation.has(field) else { return }
    translation.mask[field] |= mask
    translation.key[field] = translation.key[field] & ~mask | value & mask
  }

  // MARK: VLAN

  private func setTag(_ bits: UInt16, under kept: UInt16, _ translation: inout Translation) {
    translation.note(.vlanTCI)
    let old = translation.vlanTCI
    if old == 0 { translation.vlanType = 0x8100 }
    translation.key[.vlanTCI] = UInt128(old & kept | bits | 0x1000)
  }

  private func pushVLAN(_ type: UInt16, _ translation: inout Translation) {
    translation.note(.vlanTCI)
    let old = translation.vlanTCI
    guard old != 0 else {
      translation.vlanType = type
      translation.key[.vlanTCI] = 0x1000
      return
    }
    // A second tag: the first becomes what is inside, and what lies behind it is out of sight.
    translation.commit()
    translation.append(.pushVLAN(type: type, tci: old))
    translation.key[.etherType] = 0x8100
    for word in 18..<FlowKey.wordCount { translation.key.words[word] = 0 }
    translation.base = translation.key
  }

  private mutating func popVLAN(_ translation: inout Translation, _ frame: RawSpan) {
    translation.note(.vlanTCI)
    guard translation.vlanTCI != 0 else { return }
    guard translation.etherType == 0x8100 || translation.etherType == 0x88a8 else {
      translation.key[.vlanTCI] = 0
      return
    }
    translation.commit()
    translation.append(.popVLAN)
    look(again: &translation, frame)
  }

  // MARK: MPLS

  private func pushMPLS(_ type: UInt16, _ translation: inout Translation) {
    translation.note(.ipTTL, .mplsLabel, .mplsTrafficClass, .mplsTTL)
    translation.commit()
    let outer = UInt32(truncatingIfNeeded: translation.key.words[18] >> 32)
    // The fields of the entry before; of an IP packet its TTL, and the bottom of the stack.
    let entry: UInt32
    if translation.isMPLS {
      entry = outer & ~(1 << 8)
    } else if translation.isIPv4 || translation.isIPv6 {
      entry = 1 << 8 | UInt32(truncatingIfNeeded: translation.key[.ipTTL])
    } else {
      entry = 1 << 8 | 64
    }
    translation.append(.pushMPLS(type: type, entry: entry))
    for word in 18..<FlowKey.wordCount { translation.key.words[word] = 0 }
    translation.key.words[18] = UInt64(entry) << 32
    translation.key[.etherType] = UInt128(type)
    translation.base = translation.key
  }

  private mutating func popMPLS(
    _ type: UInt16, _ translation: inout Translation, _ frame: RawSpan
  ) {
    guard translation.isMPLS else { return }
    translation.commit()
    translation.append(.popMPLS(type: type))
    look(again: &translation, frame)
  }

  /// Looks at the frame as the steps so far have made it. What comes to light belongs to this frame alone.
  private mutating func look(again translation: inout Translation, _ frame: RawSpan) {
    translation.isCacheable = false
    var original = translation.original
    guard let headers = original.extract(frame), buffer.load(frame, headers, FrameInfo())
    else { return }
    for step in translation.verdict.steps {
      modify(by: step, translation.verdict, frame, FrameInfo())
    }
    _ = translation.key.extract(buffer.frame)
    translation.base = translation.key
  }

  // MARK: TTL

  private func decrementTTL(_ field: Field, _ translation: inout Translation) {
    guard translation.has(field) else { return }
    translation.note(field)
    let ttl = translation.key[field]
    guard ttl > 1 else {
      translation.sendToController(maxLength: 0, id: 0, reason: .invalidTTL)
      translation.note(.dropped(.ttl))
      // As Open vSwitch has it, the list that led here goes on.
      translation.endsList = true
      return
    }
    translation.key[field] = ttl - 1
  }
}
