internal import MartletFlow

extension ActionCodec {
  /// Reads an action of Nicira's after its experimenter's number. A load into several registers is several
  /// actions.
  func decodeNicira(
    _ body: inout ByteReader, depth: Int
  ) throws(OpenFlowError) -> [Action] {
    let subtype = try body.read(UInt16.self, or: .badActionLength)
    switch subtype {
    case 1, 14, 44:
      try Self.isExact(body, 6)
      let port = PortNumber(wire16: try body.read(UInt16.self))
      let table = try body.read(UInt8.self)
      let same = port == .inPort
      return [.resubmit(same ? nil : port, table: subtype == 1 || table == 255 ? nil : table)]
    case 2:
      try Self.isExact(body, 6)
      try body.skip(2)
      return [whole(.tunnelID, UInt128(try body.read(UInt32.self)))]
    case 9:
      try Self.isExact(body, 14)
      try body.skip(6)
      return [whole(.tunnelID, UInt128(try body.read(UInt64.self)))]
    case 4:
      try Self.isExact(body, 6)
      try body.skip(2)
      return [.setQueue(try body.read(UInt32.self))]
    case 5: return [.popQueue]
    case 6:
      let (count, from, to) = (
        Int(try body.read(UInt16.self, or: .badActionLength)),
        Int(try body.read(UInt16.self, or: .badActionLength)),
        Int(try body.read(UInt16.self, or: .badActionLength))
      )
      let source = try range(&body, start: from, count: count)
      let target = try range(&body, start: to, count: count, writes: true)
      return [.move(source, to: target)]
    case 7:
      try Self.isExact(body, 14)
      let bits = Int(try body.read(UInt16.self))
      let header = try fieldHeader(&body)
      let value = UInt128(try body.read(UInt64.self))
      return try load(value, header, start: bits >> 6, count: bits & 63 + 1)
    case 33: return [try decodeLoadMasked(&body)]
    case 8: return [.note(body.rest())]
    case 15, 32:
      let bits = Int(try body.read(UInt16.self, or: .badActionLength))
      let source = try range(&body, start: bits >> 6, count: bits & 63 + 1)
      let length = try body.read(UInt16.self, or: .badActionLength)
      return [.outputRegister(source, maxLength: length)]
    case 16: return [.learn(try decodeLearn(&body))]
    case 17: return [.exit]
    case 18, 21: return [.decrementTTL]
    case 19:
      return [
        .finTimeout(
          idle: try body.read(UInt16.self, or: .badActionLength),
          hard: try body.read(UInt16.self, or: .badActionLength))
      ]
    case 20:
      try Self.isExact(body, 6)
      let length = try body.read(UInt16.self)
      let id = try body.read(UInt16.self)
      guard let reason = PacketInReason(rawValue: try body.read(UInt8.self)) else {
        throw .badArgument
      }
      return [.controller(maxLength: length == 0xffff ? 0 : length, id: id, reason: reason)]
    case 22:
      try body.skip(6, or: .badActionLength)
      return [
        .writeMetadata(
          try body.read(UInt64.self, or: .badActionLength),
          mask: try body.read(UInt64.self, or: .badActionLength))
      ]
    case 23: return [.pushMPLS(try body.read(UInt16.self, or: .badActionLength))]
    case 24: return [.popMPLS(try body.read(UInt16.self, or: .badActionLength))]
    case 25: return [.setMPLSTTL(try body.read(UInt8.self, or: .badActionLength))]
    case 26: return [.decrementMPLSTTL]
    case 27, 28:
      let start = Int(try body.read(UInt16.self, or: .badActionLength))
      let header = try fieldHeader(&body)
      let count = Int(try body.read(UInt16.self, or: .badActionLength))
      let bits = try range(header, start: start, count: count, writes: subtype == 28)
      return [subtype == 27 ? .push(bits) : .pop(bits)]
    case 34:
      try Self.isExact(body, 6)
      let clause = try body.read(UInt8.self)
      let count = try body.read(UInt8.self)
      guard (2...64).contains(count), clause < count else { throw .badArgument }
      return [.conjunction(id: try body.read(UInt32.self), clause: clause + 1, count: count)]
    case 35: return [.track(try decodeTrack(&body, depth: depth))]
    case 36: return [.nat(try decodeNAT(&body))]
    case 42:
      try body.skip(6, or: .badActionLength)
      return [.clone(try decode(&body, depth: depth + 1))]
    case 43: return [.clearTracking]
    default: throw .badActionExperimenterType
    }
  }

  // MARK: Fields

  func fieldHeader(_ body: inout ByteReader) throws(OpenFlowError) -> (UInt16, UInt8) {
    let (group, number, _, length) = try setHeader(&body)
    if group == FieldCode.experimenter, length > 4 { try body.skip(4, or: .badActionLength) }
    return (group, number)
  }

  private func range(
    _ body: inout ByteReader, start: Int, count: Int, writes: Bool = false
  ) throws(OpenFlowError) -> FieldRange {
    try range(try fieldHeader(&body), start: start, count: count, writes: writes)
  }

  func range(
    _ header: (UInt16, UInt8), start: Int, count: Int, writes: Bool = false
  ) throws(OpenFlowError) -> FieldRange {
    if let (fields, size) = ExtensibleMatch.register(header.0, header.1) {
      // Bits of a larger register that lie in one of those of which it is made.
      let place = fields.upperBound - start / 32
      guard start + count <= size * 8, fields.contains(place), let field = Field.register(place),
        let range = FieldRange(field, start: start % 32, count: count)
      else { throw .badArgument }
      return range
    }
    guard let code = FieldCode.find(header.0, header.1) else { throw .badArgument }
    guard !writes || code.field.isWritable else { throw .badArgument }
    guard
      let range = FieldRange(
        code.field, start: start - Int(truncatingIfNeeded: code.shift), count: count)
    else {
      throw .badArgument
    }
    return range
  }

  private func load(
    _ value: UInt128, _ header: (UInt16, UInt8), start: Int, count: Int
  ) throws(OpenFlowError) -> [Action] {
    guard count == 64 || value >> UInt128(count) == 0 else { throw .badArgument }
    guard let (fields, size) = ExtensibleMatch.register(header.0, header.1) else {
      let range = try range(header, start: start, count: count, writes: true)
      return [.setField(range.field, value: value << UInt128(range.start), mask: range.mask)]
    }
    guard start + count <= size * 8 else { throw .badArgument }
    let mask: UInt128 = ((1 << UInt128(count)) - 1) << UInt128(start)
    let whole = value << UInt128(start)
    var actions: [Action] = []
    for index in fields {
      let shift = UInt128(fields.upperBound - index) * 32
      let bits = mask >> shift & 0xffff_ffff
      guard let field = Field.register(index), bits != 0 else { continue }
      actions.append(.setField(field, value: whole >> shift & 0xffff_ffff, mask: bits))
    }
    return actions
  }

  private func decodeLoadMasked(_ body: inout ByteReader) throws(OpenFlowError) -> Action {
    try body.skip(6, or: .badActionLength)
    let (group, number, hasMask, length) = try setHeader(&body)
    guard let code = FieldCode.find(group, number), code.field.isWritable else {
      throw .badSetType
    }
    guard length == code.size * (hasMask ? 2 : 1), body.remaining < length + 8 else {
      throw .badSetLength
    }
    let value = try body.read(byteCount: code.size, or: .badSetLength)
    var mask = code.ones << code.shift
    if hasMask { mask &= try body.read(byteCount: code.size, or: .badSetLength) }
    guard value & ~mask == 0 else { throw .badSetArgument }
    return .setField(code.field, value: value >> code.shift, mask: mask >> code.shift)
  }

  // MARK: Learning and tracking

  private func decodeLearn(_ body: inout ByteReader) throws(OpenFlowError) -> LearnAction {
    try body.need(22, or: .badActionLength)
    var learn = LearnAction()
    learn.idleTimeout = try body.read(UInt16.self)
    learn.hardTimeout = try body.read(UInt16.self)
    learn.priority = try body.read(UInt16.self)
    learn.cookie = try body.read(UInt64.self)
    let flags = try body.read(UInt16.self)
    guard flags & ~3 == 0 else { throw .badArgument }
    learn.sendsFlowRemoved = flags & 1 != 0
    learn.deletesLearned = flags & 2 != 0
    learn.table = try body.read(UInt8.self)
    try body.skip(1)
    learn.finIdleTimeout = try body.read(UInt16.self)
    learn.finHardTimeout = try body.read(UInt16.self)
    while body.remaining >= 2 {
      let header = try body.read(UInt16.self)
      guard header != 0 else { break }
      learn.parts.append(try decodePart(header, &body))
    }
    return learn
  }

  private func decodePart(
    _ header: UInt16, _ body: inout ByteReader
  ) throws(OpenFlowError) -> LearnAction.Part {
    let count = Int(header & 0x7ff)
    let target = header >> 11 & 3
    guard header >> 14 == 0, count > 0, count <= 128 else { throw .badArgument }
    var value: UInt128 = 0
    var source: FieldRange?
    if header & 1 << 13 != 0 {
      let size = (count + 15) / 16 * 2
      value = try body.read(byteCount: size, or: .badActionLength)
      guard count == 128 || value >> UInt128(count) == 0 else { throw .badArgument }
    } else {
      source = try part(&body, count)
    }
    switch (target, source) {
    case (0, let source?): return .matchFrame(try part(&body, count), from: source)
    case (0, nil): return .match(try part(&body, count), value: value)
    case (1, let source?): return .loadFrame(source, to: try part(&body, count))
    case (1, nil): return .load(value, to: try part(&body, count))
    case (2, let source?): return .output(source)
    default: throw .badArgument
    }
  }

  private func part(_ body: inout ByteReader, _ count: Int) throws(OpenFlowError) -> FieldRange {
    let header = try fieldHeader(&body)
    return try range(
      header, start: Int(try body.read(UInt16.self, or: .badActionLength)), count: count)
  }

  private func decodeTrack(
    _ body: inout ByteReader, depth: Int
  ) throws(OpenFlowError) -> TrackAction {
    try body.need(14, or: .badActionLength)
    var track = TrackAction()
    let flags = try body.read(UInt16.self)
    track.commits = flags & 1 != 0
    track.forces = flags & 2 != 0
    let source = try body.read(UInt32.self)
    let bits = try body.read(UInt16.self)
    if source == 0 {
      track.zone = .number(bits)
    } else {
      let header = (UInt16(source >> 16), UInt8(source >> 9 & 0x7f))
      track.zone = .field(try range(header, start: Int(bits >> 6), count: Int(bits & 63) + 1))
    }
    let table = try body.read(UInt8.self)
    track.table = table == 255 ? nil : table
    try body.skip(3)
    track.algorithm = try body.read(UInt16.self)
    track.actions = try decode(&body, depth: depth + 1)
    return track
  }

  private func decodeNAT(_ body: inout ByteReader) throws(OpenFlowError) -> NATAction {
    try body.need(6, or: .badActionLength)
    try body.skip(2)
    var nat = NATAction()
    let flags = try body.read(UInt16.self)
    let present = try body.read(UInt16.self)
    guard flags & 3 != 3, flags >> 5 == 0, present >> 6 == 0 else { throw .badArgument }
    nat.direction = flags & 1 != 0 ? .source : flags & 2 != 0 ? .destination : nil
    nat.isPersistent = flags & 4 != 0
    nat.hashes = flags & 8 != 0
    nat.isRandom = flags & 16 != 0
    nat.addresses = try bounds(UInt32.self, present, &body)
    nat.addresses6 = try bounds(UInt128.self, present >> 2, &body)
    nat.ports = try bounds(UInt16.self, present >> 4, &body)
    return nat
  }

  private func bounds<Number: FixedWidthInteger>(
    _: Number.Type, _ present: UInt16, _ body: inout ByteReader
  ) throws(OpenFlowError) -> ClosedRange<Number>? {
    guard present & 1 != 0 else {
      guard present & 2 == 0 else { throw .badArgument }
      return nil
    }
    let first = try body.read(Number.self, or: .badActionLength)
    let last = present & 2 != 0 ? try body.read(Number.self, or: .badActionLength) : first
    guard first <= last else { throw .badArgument }
    return first...last
  }
}
