internal import MartletFlow

extension ActionCodec {
  private var family: FieldCode.Family { version == .v10 ? .nicira : .openFlow }

  /// Writes a list of actions; instructions of OpenFlow 1.3 among them are left out.
  func encode(_ actions: [Action], into writer: inout ByteWriter) {
    for action in actions { encode(action, into: &writer) }
  }

  private func open(_ type: UInt16, _ writer: inout ByteWriter) -> Int {
    let start = writer.count
    writer.append(type)
    writer.append(UInt16(0))
    return start
  }

  private func close(_ start: Int, _ writer: inout ByteWriter) {
    writer.pad(since: start)
    writer.setLength(at: start + 2, since: start)
  }

  private func openNicira(_ subtype: UInt16, _ writer: inout ByteWriter) -> Int {
    let start = open(0xffff, &writer)
    writer.append(Experimenter.nicira)
    writer.append(subtype)
    return start
  }

  /// An action whose body is one number after a type of this version.
  private func plain(
    _ type: UInt16, _ number: UInt128 = 0, _ size: Int = 4, _ writer: inout ByteWriter
  ) {
    let start = open(type, &writer)
    writer.append(number, byteCount: size)
    close(start, &writer)
  }

  private func nicira(_ subtype: UInt16, _ number: UInt128, _ size: Int, _ writer: inout ByteWriter)
  {
    let start = openNicira(subtype, &writer)
    writer.append(number, byteCount: size)
    close(start, &writer)
  }

  private func encode(_ action: Action, into writer: inout ByteWriter) {
    let old = version == .v10
    switch action {
    case .output(let port, let length): output(port, length, &writer)
    case .controller(let length, 0, .action):
      output(.controller, length == 0 ? 0xffff : length, &writer)
    case .controller(let length, let id, let reason):
      let start = openNicira(20, &writer)
      writer.append(length == 0 ? 0xffff : length)
      writer.append(id)
      writer.append(reason.rawValue)
      close(start, &writer)
    case .outputRegister(let source, let length):
      let start = openNicira(15, &writer)
      bits(source, &writer)
      header(source, &writer)
      writer.append(length)
      writer.zeros(6)
      close(start, &writer)
    case .group(let id): plain(22, UInt128(id), 4, &writer)
    case .setField(let field, let value, let mask): setField(field, value, mask, &writer)
    case .move(let source, let target):
      let start = openNicira(6, &writer)
      writer.append(UInt16(source.count))
      writer.append(offset(source))
      writer.append(offset(target))
      header(source, &writer)
      header(target, &writer)
      close(start, &writer)
    case .setVLANID(let id):
      if old {
        plain(1, UInt128(id), 2, &writer)
      } else {
        setField(.vlanID, UInt128(id) | 0x1000, 0x1fff, &writer)
      }
    case .setVLANPriority(let priority):
      if old {
        plain(2, UInt128(priority), 1, &writer)
      } else {
        setField(.vlanPriority, UInt128(priority), 7, &writer)
      }
    case .pushVLAN(let type): plain(17, UInt128(type), 2, &writer)
    case .popVLAN: plain(old ? 3 : 18, 0, 4, &writer)
    case .pushMPLS(let type):
      old ? nicira(23, UInt128(type), 2, &writer) : plain(19, UInt128(type), 2, &writer)
    case .popMPLS(let type):
      old ? nicira(24, UInt128(type), 2, &writer) : plain(20, UInt128(type), 2, &writer)
    case .setMPLSTTL(let ttl):
      old ? nicira(25, UInt128(ttl), 1, &writer) : plain(15, UInt128(ttl), 1, &writer)
    case .decrementMPLSTTL: old ? nicira(26, 0, 6, &writer) : plain(16, 0, 4, &writer)
    case .decrementTTL: old ? nicira(18, 0, 6, &writer) : plain(24, 0, 4, &writer)
    case .setQueue(let queue):
      old ? nicira(4, UInt128(queue), 6, &writer) : plain(21, UInt128(queue), 4, &writer)
    case .popQueue: nicira(5, 0, 6, &writer)
    case .enqueue(let port, let queue):
      if old {
        let start = open(11, &writer)
        writer.append(port.wire16)
        writer.zeros(6)
        writer.append(queue)
        close(start, &writer)
      } else {
        plain(21, UInt128(queue), 4, &writer)
        output(port, 0, &writer)
      }
    case .resubmit(let port, let table):
      let start = openNicira(table == nil ? 1 : 14, &writer)
      writer.append((port ?? .inPort).wire16)
      writer.append(table ?? 0)
      close(start, &writer)
    case .note(let bytes):
      let start = openNicira(8, &writer)
      writer.append(bytes)
      close(start, &writer)
    case .exit: nicira(17, 0, 6, &writer)
    case .finTimeout(let idle, let hard):
      nicira(19, UInt128(idle) << 32 | UInt128(hard) << 16, 6, &writer)
    case .push(let source): stack(27, source, &writer)
    case .pop(let target): stack(28, target, &writer)
    case .conjunction(let id, let clause, let count):
      nicira(34, UInt128(clause - 1) << 40 | UInt128(count) << 32 | UInt128(id), 6, &writer)
    case .clone(let actions):
      let start = openNicira(42, &writer)
      writer.zeros(6)
      encode(actions, into: &writer)
      close(start, &writer)
    case .clearTracking: nicira(43, 0, 6, &writer)
    case .learn(let learn): encode(learn, &writer)
    case .track(let track): encode(track, &writer)
    case .nat(let nat): encode(nat, &writer)
    case .writeMetadata(let value, let mask):
      guard old else { return }
      let start = openNicira(22, &writer)
      writer.zeros(6)
      writer.append(value)
      writer.append(mask)
      close(start, &writer)
    // OpenFlow 1.0 has no instructions: what a table leads to is said by resubmit.
    case .gotoTable(let table):
      guard old else { return }
      encode(.resubmit(nil, table: table), into: &writer)
    case .meter, .clearActions, .writeActions: return
    }
  }

  private func output(_ port: PortNumber, _ length: UInt16, _ writer: inout ByteWriter) {
    let start = open(0, &writer)
    if version == .v10 {
      writer.append(port.wire16)
      writer.append(length)
    } else {
      writer.append(port.rawValue)
      writer.append(length)
      writer.zeros(6)
    }
    close(start, &writer)
  }

  // MARK: Fields

  func code(_ field: Field) -> FieldCode? {
    FieldCode.choose(field, family, ipProtocol: ipProtocol)
  }

  private func header(_ range: FieldRange, _ writer: inout ByteWriter) {
    writer.append(code(range.field)?.header ?? 0)
  }

  private func offset(_ range: FieldRange) -> UInt16 {
    UInt16(range.start) + UInt16(truncatingIfNeeded: code(range.field)?.shift ?? 0)
  }

  private func bits(_ range: FieldRange, _ writer: inout ByteWriter) {
    writer.append(offset(range) << 6 | UInt16(range.count - 1))
  }

  private func stack(_ subtype: UInt16, _ range: FieldRange, _ writer: inout ByteWriter) {
    let start = openNicira(subtype, &writer)
    writer.append(offset(range))
    header(range, &writer)
    writer.append(UInt16(range.count))
    writer.zeros(6)
    close(start, &writer)
  }

  private func setField(
    _ field: Field, _ value: UInt128, _ mask: UInt128, _ writer: inout ByteWriter
  ) {
    let isWhole = mask == Self.ones(field)
    if version == .v10, isWhole, setOld(field, value, &writer) { return }
    if version == .v13, isWhole {
      if field == .ipTTL { return plain(23, value, 1, &writer) }
      guard let code = code(field) else { return }
      let start = open(25, &writer)
      ExtensibleMatch.encode(code, value, mask, into: &writer)
      return close(start, &writer)
    }
    guard let code = code(field), mask != 0 else { return }
    let shift = mask.trailingZeroBitCount
    let bits = mask >> UInt128(shift)
    let count = 128 - bits.leadingZeroBitCount
    if count <= 64, bits & (bits &+ 1) == 0 {
      let start = openNicira(7, &writer)
      writer.append((UInt16(shift) + UInt16(code.shift)) << 6 | UInt16(count - 1))
      writer.append(code.header)
      writer.append(UInt64(truncatingIfNeeded: value >> UInt128(shift)))
      return close(start, &writer)
    }
    let start = openNicira(33, &writer)
    writer.zeros(6)
    ExtensibleMatch.encode(code, value, mask, into: &writer)
    close(start, &writer)
  }

  /// OpenFlow 1.0's own actions.
  private func setOld(_ field: Field, _ value: UInt128, _ writer: inout ByteWriter) -> Bool {
    switch field {
    case .ethernetSource: plain(4, value, 6, &writer)
    case .ethernetDestination: plain(5, value, 6, &writer)
    case .ipv4Source: plain(6, value, 4, &writer)
    case .ipv4Destination: plain(7, value, 4, &writer)
    case .ipDSCP: plain(8, value << 2, 1, &writer)
    case .transportSource: plain(9, value, 2, &writer)
    case .transportDestination: plain(10, value, 2, &writer)
    case .tunnelID where value <= 0xffff_ffff: nicira(2, value, 6, &writer)
    case .tunnelID:
      let start = openNicira(9, &writer)
      writer.zeros(6)
      writer.append(UInt64(truncatingIfNeeded: value))
      close(start, &writer)
    default: return false
    }
    return true
  }

  // MARK: Learning and tracking

  private func encode(_ learn: LearnAction, _ writer: inout ByteWriter) {
    let start = openNicira(16, &writer)
    writer.append(learn.idleTimeout)
    writer.append(learn.hardTimeout)
    writer.append(learn.priority)
    writer.append(learn.cookie)
    writer.append(UInt16((learn.sendsFlowRemoved ? 1 : 0) | (learn.deletesLearned ? 2 : 0)))
    writer.append(learn.table)
    writer.zeros(1)
    writer.append(learn.finIdleTimeout)
    writer.append(learn.finHardTimeout)
    for part in learn.parts {
      switch part {
      case .match(let target, let value):
        immediate(value, target.count, 0, &writer)
        place(target, &writer)
      case .matchFrame(let target, let source):
        writer.append(UInt16(source.count))
        place(source, &writer)
        place(target, &writer)
      case .load(let value, let target):
        immediate(value, target.count, 1 << 11, &writer)
        place(target, &writer)
      case .loadFrame(let source, let target):
        writer.append(1 << 11 | UInt16(source.count))
        place(source, &writer)
        place(target, &writer)
      case .output(let source):
        writer.append(2 << 11 | UInt16(source.count))
        place(source, &writer)
      }
    }
    close(start, &writer)
  }

  private func immediate(
    _ value: UInt128, _ count: UInt8, _ target: UInt16, _ writer: inout ByteWriter
  ) {
    writer.append(1 << 13 | target | UInt16(count))
    writer.append(value, byteCount: (Int(count) + 15) / 16 * 2)
  }

  private func place(_ range: FieldRange, _ writer: inout ByteWriter) {
    header(range, &writer)
    writer.append(offset(range))
  }

  private func encode(_ track: TrackAction, _ writer: inout ByteWriter) {
    let start = openNicira(35, &writer)
    writer.append(UInt16((track.commits ? 1 : 0) | (track.forces ? 2 : 0)))
    switch track.zone {
    case .number(let zone):
      writer.append(UInt32(0))
      writer.append(zone)
    case .field(let source):
      header(source, &writer)
      bits(source, &writer)
    }
    writer.append(track.table ?? 255)
    writer.zeros(3)
    writer.append(track.algorithm)
    encode(track.actions, into: &writer)
    close(start, &writer)
  }

  private func encode(_ nat: NATAction, _ writer: inout ByteWriter) {
    let start = openNicira(36, &writer)
    writer.zeros(2)
    var flags: UInt16 = nat.direction == .source ? 1 : nat.direction == .destination ? 2 : 0
    flags |= (nat.isPersistent ? 4 : 0) | (nat.hashes ? 8 : 0) | (nat.isRandom ? 16 : 0)
    writer.append(flags)
    writer.append(
      UInt16(
        present(nat.addresses) | present(nat.addresses6) << 2 | present(nat.ports) << 4))
    bounds(nat.addresses, &writer)
    bounds(nat.addresses6, &writer)
    bounds(nat.ports, &writer)
    close(start, &writer)
  }

  private func present<Number>(_ range: ClosedRange<Number>?) -> Int {
    range.map { $0.lowerBound == $0.upperBound ? 1 : 3 } ?? 0
  }

  private func bounds<Number: FixedWidthInteger>(
    _ range: ClosedRange<Number>?, _ writer: inout ByteWriter
  ) {
    guard let range else { return }
    writer.append(range.lowerBound)
    if range.lowerBound != range.upperBound { writer.append(range.upperBound) }
  }
}
