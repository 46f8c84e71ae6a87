internal import MartletFlow

/// Reads lists of actions.
struct ActionReader {
  let ports: PortNames

  /// How deep lists may lie in each other.
  private static var depthLimit: Int { 16 }

  func read(_ text: Substring, depth: Int = 0) throws(FlowTextError) -> [Action] {
    guard depth < Self.depthLimit else { throw FlowTextError("", "actions are nested too deep") }
    let words = try FlowWord.words(of: text)
    var actions: [Action] = []
    for word in words {
      if word.key == "drop", word.joint == .none {
        guard words.count == 1 else {
          throw FlowTextError("drop", "stands alone; take the other actions away, or drop")
        }
        return []
      }
      actions += try read(word, depth: depth)
    }
    return actions
  }

  private func read(_ word: FlowWord, depth: Int) throws(FlowTextError) -> [Action] {
    let key = word.key.lowercased()
    if word.joint == .none {
      if let action = Self.simple[key] { return [action] }
      // A port alone is where the frame goes.
      if let port = ports.find(word.key) { return [output(port, 0)] }
    }
    if let action = try readOutput(key, word) { return [action] }
    if let action = try readOld(key, word) { return [action] }
    if let action = try readFields(key, word) { return [action] }
    if let action = try readFlow(key, word, depth) { return [action] }
    if let action = try readInstruction(key, word, depth) { return [action] }
    if let action = try TrackReader(actions: self, depth: depth).read(key, word) { return [action] }
    if key == "learn" { return [.learn(try LearnReader(ports: ports).read(word))] }
    throw FlowTextError(word.text, "is no action\(Self.hint(key))")
  }

  private static let simple: [String: Action] = [
    "strip_vlan": .popVLAN, "pop_vlan": .popVLAN, "dec_ttl": .decrementTTL,
    "dec_mpls_ttl": .decrementMPLSTTL, "exit": .exit, "pop_queue": .popQueue,
    "clear_actions": .clearActions, "ct_clear": .clearTracking,
    "controller": .output(.controller, maxLength: 65535),
    "normal": .output(.normal, maxLength: 0), "flood": .output(.flood, maxLength: 0),
    "all": .output(.all, maxLength: 0), "in_port": .output(.inPort, maxLength: 0),
    "local": .output(.local, maxLength: 0), "table": .output(.table, maxLength: 0),
  ]

  private static func hint(_ key: String) -> String {
    let known = simple.keys + keyed
    let near = known.filter { $0.first == key.first && abs($0.count - key.count) <= 2 }.sorted()
    return near.isEmpty ? "" : "; did you mean \(near.joined(separator: " or "))?"
  }

  private static let keyed = [
    "output", "controller", "group", "set_field", "load", "move", "mod_dl_src", "mod_dl_dst",
    "mod_nw_src", "mod_nw_dst", "mod_tp_src", "mod_tp_dst", "mod_vlan_vid", "mod_vlan_pcp",
    "mod_nw_tos", "mod_nw_ecn", "mod_nw_ttl", "push_vlan", "push_mpls", "pop_mpls", "set_mpls_ttl",
    "set_tunnel", "set_queue", "enqueue", "resubmit", "learn", "ct", "nat", "note", "conjunction",
    "clone", "meter", "write_actions", "write_metadata", "goto_table", "push", "pop",
  ]

  // MARK: Output

  private func output(_ port: PortNumber, _ maxLength: UInt16) -> Action {
    .output(port, maxLength: port == .controller && maxLength == 0 ? 65535 : maxLength)
  }

  private func readOutput(_ key: String, _ word: FlowWord) throws(FlowTextError) -> Action? {
    switch key {
    case "output" where word.joint == .parentheses:
      let words = try FlowWord.words(of: word.value)
      var port: PortNumber?
      var maxLength: UInt16 = 0
      for inner in words {
        switch inner.key {
        case "port": port = try ports.number(of: inner.value, in: word.text)
        case "max_len": maxLength = try FlowNumber.parse(inner.value, of: word.text)
        default: throw FlowTextError(word.text, "expected output(port=PORT,max_len=BYTES)")
        }
      }
      guard let port else { throw FlowTextError(word.text, "port= is missing") }
      return output(port, maxLength)
    case "output":
      if let port = ports.find(word.value) { return output(port, 0) }
      if FieldName.find(word.value.prefix { $0 != "[" }) != nil {
        return .outputRegister(try RangeText.parse(word.value, of: word.text), maxLength: 0)
      }
      return output(try ports.number(of: word.value, in: word.text), 0)
    case "controller" where word.joint == .parentheses: return try readController(word)
    case "controller":
      return .output(.controller, maxLength: try FlowNumber.parse(word.value, of: word.text))
    case "enqueue":
      let parts = word.value.split { $0 == ":" || $0 == "," }
      guard parts.count == 2 else { throw FlowTextError(word.text, "expected enqueue:PORT:QUEUE") }
      return .enqueue(
        try ports.number(of: parts[0], in: word.text),
        queue: try FlowNumber.parse(parts[1], of: word.text))
    case "group": return .group(try FlowNumber.parse(word.value, of: word.text))
    default: return nil
    }
  }

  private func readController(_ word: FlowWord) throws(FlowTextError) -> Action {
    var (maxLength, id, reason) = (UInt16(65535), UInt16(0), PacketInReason.action)
    for inner in try FlowWord.words(of: word.value) {
      switch inner.key {
      case "max_len": maxLength = try FlowNumber.parse(inner.value, of: word.text)
      case "id": id = try FlowNumber.parse(inner.value, of: word.text)
      case "reason":
        switch inner.value {
        case "action": reason = .action
        case "no_match": reason = .noMatch
        case "invalid_ttl": reason = .invalidTTL
        default: throw FlowTextError(word.text, "reason is action, no_match or invalid_ttl")
        }
      default:
        throw FlowTextError(word.text, "expected max_len=, id= or reason=, not \(inner.key)")
      }
    }
    return .controller(maxLength: maxLength, id: id, reason: reason)
  }

  // MARK: Fields

  /// The `mod_…` actions of OpenFlow 1.0.
  private func readOld(_ key: String, _ word: FlowWord) throws(FlowTextError) -> Action? {
    let field: Field
    let value: UInt128
    switch key {
    case "mod_vlan_vid":
      return .setVLANID(UInt16(try FlowNumber.parse(word.value, width: 12, of: word.text)))
    case "mod_vlan_pcp":
      return .setVLANPriority(UInt8(try FlowNumber.parse(word.value, width: 3, of: word.text)))
    case "mod_dl_src", "mod_dl_dst":
      field = key == "mod_dl_src" ? .ethernetSource : .ethernetDestination
      value = try FlowNumber.mac(word.value, of: word.text)
    case "mod_nw_src", "mod_nw_dst":
      field = key == "mod_nw_src" ? .ipv4Source : .ipv4Destination
      value = try FlowNumber.ipv4(word.value, of: word.text)
    case "mod_tp_src", "mod_tp_dst":
      field = key == "mod_tp_src" ? .transportSource : .transportDestination
      value = try FlowNumber.parse(word.value, width: 16, of: word.text)
    case "mod_nw_tos":
      field = .ipDSCP
      let tos = try FlowNumber.parse(word.value, width: 8, of: word.text)
      guard tos & 3 == 0 else {
        throw FlowTextError(
          word.text, "the two lowest bits belong to mod_nw_ecn; expected a multiple of 4")
      }
      value = tos >> 2
    case "mod_nw_ecn":
      field = .ipECN
      value = try FlowNumber.parse(word.value, width: 2, of: word.text)
    case "mod_nw_ttl":
      field = .ipTTL
      value = try FlowNumber.parse(word.value, width: 8, of: word.text)
    default: return nil
    }
    return .setField(field, value: value, mask: MaskedNumber.ones(field.width))
  }

  private func readFields(_ key: String, _ word: FlowWord) throws(FlowTextError) -> Action? {
    switch key {
    case "set_field": return try readSetField(word)
    case "load":
      let (left, right) = try arrow(word)
      let range = try RangeText.parse(right, of: word.text)
      let value = try FlowNumber.parse(left, width: Int(range.count), of: word.text)
      return .setField(range.field, value: value << UInt128(range.start), mask: range.mask)
    case "move":
      let (left, right) = try arrow(word)
      let from = try RangeText.parse(left, of: word.text)
      let to = try RangeText.parse(right, of: word.text)
      guard from.count == to.count else {
        throw FlowTextError(word.text, "\(from.count) bits do not fit \(to.count)")
      }
      return .move(from, to: to)
    case "push_vlan": return .pushVLAN(try FlowNumber.parse(word.value, of: word.text))
    case "push_mpls": return .pushMPLS(try FlowNumber.parse(word.value, of: word.text))
    case "pop_mpls": return .popMPLS(try FlowNumber.parse(word.value, of: word.text))
    case "set_mpls_ttl": return .setMPLSTTL(try FlowNumber.parse(word.value, of: word.text))
    case "dec_ttl" where word.joint == .parentheses: return .decrementTTL
    case "set_tunnel", "set_tunnel64":
      let width = key == "set_tunnel" ? 32 : 64
      let value = try FlowNumber.parse(word.value, width: width, of: word.text)
      return .setField(.tunnelID, value: value, mask: MaskedNumber.ones(64))
    case "push": return .push(try RangeText.parse(word.value, of: word.text))
    case "pop": return .pop(try RangeText.parse(word.value, of: word.text))
    default: return nil
    }
  }

  private func readSetField(_ word: FlowWord) throws(FlowTextError) -> Action {
    let (left, right) = try arrow(word)
    guard let name = FieldName.find(right) else {
      throw FlowTextError(word.text, "there is no field \"\(right)\"")
    }
    let number = try FieldValue.parse(left, of: name, ports, in: word.text)
    return .setField(name.field, value: number.value, mask: number.mask)
  }

  /// What stands before and behind `->`.
  private func arrow(_ word: FlowWord) throws(FlowTextError) -> (Substring, Substring) {
    guard let range = word.value.firstRange(of: "->") else {
      throw FlowTextError(word.text, "\"->\" and a field are missing")
    }
    return (word.value[..<range.lowerBound], word.value[range.upperBound...])
  }

  // MARK: Tables

  private func readFlow(
    _ key: String, _ word: FlowWord, _ depth: Int
  ) throws(FlowTextError) -> Action? {
    switch key {
    case "resubmit": return try readResubmit(word)
    case "note": return .note(try note(word))
    case "set_queue": return .setQueue(try FlowNumber.parse(word.value, of: word.text))
    case "clone": return .clone(try read(word.value, depth: depth + 1))
    case "conjunction":
      let parts = word.value.split { $0 == "," || $0 == "/" }
      guard parts.count == 3 else { throw FlowTextError(word.text, "expected conjunction(ID,K/N)") }
      let clause: UInt8 = try FlowNumber.parse(parts[1], of: word.text)
      let count: UInt8 = try FlowNumber.parse(parts[2], of: word.text)
      guard (2...64).contains(count), (1...count).contains(clause) else {
        throw FlowTextError(word.text, "N is 2 to 64, K is 1 to N")
      }
      return .conjunction(
        id: try FlowNumber.parse(parts[0], of: word.text), clause: clause - 1, count: count)
    case "fin_timeout":
      var (idle, hard) = (UInt16(0), UInt16(0))
      for inner in try FlowWord.words(of: word.value) {
        switch inner.key {
        case "idle_timeout": idle = try FlowNumber.parse(inner.value, of: word.text)
        case "hard_timeout": hard = try FlowNumber.parse(inner.value, of: word.text)
        default: throw FlowTextError(word.text, "expected idle_timeout= or hard_timeout=")
        }
      }
      return .finTimeout(idle: idle, hard: hard)
    default: return nil
    }
  }

  private func readResubmit(_ word: FlowWord) throws(FlowTextError) -> Action {
    guard word.joint == .parentheses else {
      return .resubmit(try ports.number(of: word.value, in: word.text), table: nil)
    }
    let parts = word.value.split(separator: ",", omittingEmptySubsequences: false)
      .map { $0.drop { $0.isWhitespace } }
    guard parts.count == 2 else { throw FlowTextError(word.text, "expected resubmit(PORT,TABLE)") }
    let port = parts[0].isEmpty ? nil : try ports.number(of: parts[0], in: word.text)
    let table: UInt8? = parts[1].isEmpty ? nil : try FlowNumber.parse(parts[1], of: word.text)
    guard port != nil || table != nil else {
      throw FlowTextError(word.text, "a port, a table or both must be given")
    }
    return .resubmit(port, table: table)
  }

  private func note(_ word: FlowWord) throws(FlowTextError) -> [UInt8] {
    var bytes: [UInt8] = []
    for part in word.value.split(separator: ".") {
      guard part.count <= 2, let byte = UInt8(part, radix: 16) else {
        throw FlowTextError(word.text, "expected pairs of hexadecimal digits with dots between")
      }
      bytes.append(byte)
    }
    // As on the wire, where an action is a multiple of 8 bytes with 10 before the note.
    while (bytes.count + 10) % 8 != 0 { bytes.append(0) }
    return bytes
  }

  // MARK: Instructions

  private func readInstruction(
    _ key: String, _ word: FlowWord, _ depth: Int
  ) throws(FlowTextError) -> Action? {
    switch key {
    case "meter": return .meter(try FlowNumber.parse(word.value, of: word.text))
    case "goto_table": return .gotoTable(try FlowNumber.parse(word.value, of: word.text))
    case "write_actions": return .writeActions(try read(word.value, depth: depth + 1))
    case "write_metadata":
      let parts = word.value.split(separator: "/", maxSplits: 1)
      guard let first = parts.first else { throw FlowTextError(word.text, "a value is missing") }
      let value: UInt64 = try FlowNumber.parse(first, of: word.text)
      let mask: UInt64 = parts.count == 2 ? try FlowNumber.parse(parts[1], of: word.text) : .max
      return .writeMetadata(value & mask, mask: mask)
    default: return nil
    }
  }
}
