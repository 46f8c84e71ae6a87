internal import MartletFlow

/// Prints actions as other tools read them.
struct ActionWriter {
  let ports: PortNames

  func write(_ actions: [Action]) -> String {
    actions.isEmpty ? "drop" : actions.map(write).joined(separator: ",")
  }

  private func write(_ action: Action) -> String {
    switch action {
    case .output(let port, let maxLength): output(port, maxLength)
    case .outputRegister(let range, _): "output:\(RangeText.format(range))"
    case .controller(let maxLength, let id, let reason): controller(maxLength, id, reason)
    case .group(let id): "group:\(id)"
    case .setField(let field, let value, let mask): set(field, value, mask)
    case .move(let from, let to): "move:\(RangeText.format(from))->\(RangeText.format(to))"
    case .enqueue(let port, let queue): "enqueue:\(ports.name(of: port)):\(queue)"
    case .resubmit(let port, let table): resubmit(port, table)
    case .learn(let learn): LearnWriter(ports: ports).write(learn)
    case .track(let track): self.track(track)
    case .nat(let nat): self.nat(nat)
    case .clone(let inner): "clone(\(write(inner)))"
    case .push(let range): "push:\(RangeText.format(range))"
    case .pop(let range): "pop:\(RangeText.format(range))"
    case .note(let bytes): "note:\(bytes.map(Self.pair).joined(separator: "."))"
    case .conjunction(let id, let clause, let count): "conjunction(\(id),\(clause + 1)/\(count))"
    case .finTimeout(let idle, let hard): finTimeout(idle, hard)
    case .writeActions(let inner): "write_actions(\(write(inner)))"
    case .writeMetadata(let value, let mask):
      mask == .max
        ? "write_metadata:\(FlowNumber.hex(UInt128(value)))"
        : "write_metadata:\(FlowNumber.hex(UInt128(value)))/\(FlowNumber.hex(UInt128(mask)))"
    default: plain(action)
    }
  }

  private func plain(_ action: Action) -> String {
    switch action {
    case .setVLANID(let id): "mod_vlan_vid:\(id)"
    case .setVLANPriority(let priority): "mod_vlan_pcp:\(priority)"
    case .pushVLAN(let type): "push_vlan:\(FlowNumber.hex(UInt128(type)))"
    case .popVLAN: "strip_vlan"
    case .pushMPLS(let type): "push_mpls:\(Self.type(type))"
    case .popMPLS(let type): "pop_mpls:\(Self.type(type))"
    case .setMPLSTTL(let ttl): "set_mpls_ttl(\(ttl))"
    case .decrementMPLSTTL: "dec_mpls_ttl"
    case .decrementTTL: "dec_ttl"
    case .setQueue(let queue): "set_queue:\(queue)"
    case .popQueue: "pop_queue"
    case .clearTracking: "ct_clear"
    case .exit: "exit"
    case .meter(let id): "meter:\(id)"
    case .clearActions: "clear_actions"
    case .gotoTable(let table): "goto_table:\(table)"
    default: ""
    }
  }

  private static func pair(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }

  /// An EtherType in four digits.
  private static func type(_ type: UInt16) -> String {
    let digits = String(type, radix: 16)
    return "0x" + String(repeating: "0", count: 4 - digits.count) + digits
  }

  // MARK: Parts

  private func output(_ port: PortNumber, _ maxLength: UInt16) -> String {
    if port == .controller { return "CONTROLLER:\(maxLength == 0 ? 65535 : maxLength)" }
    if maxLength > 0 { return "output(port=\(ports.name(of: port)),max_len=\(maxLength))" }
    let name = ports.name(of: port)
    return port.rawValue < PortNumber.maximum.rawValue ? "output:\(name)" : name
  }

  private func controller(_ maxLength: UInt16, _ id: UInt16, _ reason: PacketInReason) -> String {
    var words: [String] = []
    switch reason {
    case .action: break
    case .noMatch: words.append("reason=no_match")
    case .invalidTTL: words.append("reason=invalid_ttl")
    }
    if maxLength != 65535 { words.append("max_len=\(maxLength)") }
    if id != 0 { words.append("id=\(id)") }
    return words.isEmpty ? "CONTROLLER:65535" : "controller(\(words.joined(separator: ",")))"
  }

  /// In the words of OpenFlow 1.0 where it has one.
  private func set(_ field: Field, _ value: UInt128, _ mask: UInt128) -> String {
    let name = FieldName.of(field)
    let number = MaskedNumber(value: value, mask: mask)
    if mask == MaskedNumber.ones(field.width) {
      let text = FieldValue.format(number, of: name, ports)
      switch field {
      case .ethernetSource, .ethernetDestination, .ipv4Source, .ipv4Destination,
        .transportSource, .transportDestination:
        return "mod_\(name.name):\(text)"
      case .ipDSCP: return "mod_nw_tos:\(value << 2)"
      case .tunnelID: return value > 0xffff_ffff ? "set_tunnel64:\(text)" : "set_tunnel:\(text)"
      default: break
      }
    }
    if let range = FieldRange.covering(mask, of: field) {
      let bits = value >> UInt128(range.start)
      return "load:\(FlowNumber.hex(bits))->\(RangeText.format(range))"
    }
    return "set_field:\(FieldValue.format(number, of: name, ports))->\(name.name)"
  }

  private func resubmit(_ port: PortNumber?, _ table: UInt8?) -> String {
    guard let table else { return "resubmit:\(port.map { ports.name(of: $0) } ?? "")" }
    return "resubmit(\(port.map { ports.name(of: $0) } ?? ""),\(table))"
  }

  private func finTimeout(_ idle: UInt16, _ hard: UInt16) -> String {
    var words: [String] = []
    if idle > 0 { words.append("idle_timeout=\(idle)") }
    if hard > 0 { words.append("hard_timeout=\(hard)") }
    return "fin_timeout(\(words.joined(separator: ",")))"
  }

  private func track(_ track: TrackAction) -> String {
    var words: [String] = []
    if track.commits { words.append("commit") }
    if track.forces { words.append("force") }
    if let table = track.table { words.append("table=\(table)") }
    switch track.zone {
    case .number(0): break
    case .number(let zone): words.append("zone=\(zone)")
    case .field(let range): words.append("zone=\(RangeText.format(range))")
    }
    var inner: [Action] = []
    for action in track.actions {
      if case .nat(let nat) = action { words.append(self.nat(nat)) } else { inner.append(action) }
    }
    if !inner.isEmpty { words.append("exec(\(write(inner)))") }
    if track.algorithm == 21 { words.append("alg=ftp") }
    if track.algorithm == 69 { words.append("alg=tftp") }
    return words.isEmpty ? "ct" : "ct(\(words.joined(separator: ",")))"
  }

  private func nat(_ nat: NATAction) -> String {
    guard let direction = nat.direction else { return "nat" }
    var text = direction == .source ? "src" : "dst"
    if let addresses = nat.addresses {
      text += "=" + FlowNumber.ipv4(UInt128(addresses.lowerBound))
      if addresses.count > 1 { text += "-" + FlowNumber.ipv4(UInt128(addresses.upperBound)) }
    }
    if let addresses = nat.addresses6 {
      let low = IPv6Text.format(addresses.lowerBound)
      let high = IPv6Text.format(addresses.upperBound)
      let ends = low == high ? [low] : [low, high]
      // Before a port's colon the addresses stand in brackets.
      text += "=" + ends.map { nat.ports == nil ? $0 : "[\($0)]" }.joined(separator: "-")
    }
    if let ports = nat.ports {
      text += ":\(ports.lowerBound)"
      if ports.count > 1 { text += "-\(ports.upperBound)" }
    }
    if nat.isPersistent { text += ",persistent" }
    if nat.hashes { text += ",hash" }
    if nat.isRandom { text += ",random" }
    return "nat(\(text))"
  }
}

extension FieldRange {
  /// The bits of a mask without holes; `nil` with some.
  static func covering(_ mask: UInt128, of field: Field) -> FieldRange? {
    guard mask != 0 else { return nil }
    let start = mask.trailingZeroBitCount
    let count = mask.nonzeroBitCount
    guard mask >> UInt128(start) == MaskedNumber.ones(count) else { return nil }
    return FieldRange(field, start: start, count: count)
  }
}
