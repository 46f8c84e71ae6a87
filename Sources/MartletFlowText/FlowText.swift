public import MartletFlow

/// Flows as text, in the words of `ovs-ofctl`.
///
/// ```swift
/// let flow = try FlowText().flow("table=0, tcp,tp_dst=80, actions=drop")
/// ```
public struct FlowText: Sendable {
  /// The names of ports.
  public var ports: PortNames

  /// The longest text that is read, in characters.
  public static var limit: Int { 65_536 }

  /// Text without names of ports, or with them.
  public init(ports: PortNames = PortNames()) { self.ports = ports }

  // MARK: Reading

  /// Reads a flow with its actions.
  ///
  /// A demand that would say nothing without another, as a port's number without a protocol, is refused.
  ///
  /// - Parameter text: The flow.
  /// - Returns: What it asks for.
  /// - Throws: Which word is wrong, and why.
  public func flow(_ text: String) throws(FlowTextError) -> FlowSpecification {
    try checkLength(text)
    guard let split = Self.splitActions(text[...]) else {
      throw FlowTextError(text, "actions= is missing; write actions=drop to drop what matches")
    }
    var flow = FlowSpecification()
    var reader = MatchReader(ports: ports)
    for word in try FlowWord.words(of: split.match) {
      if try reader.take(word) { continue }
      try take(word, into: &flow)
    }
    flow.match = try reader.finished()
    flow.actions = try ActionReader(ports: ports).read(split.actions)
    return flow
  }

  /// Reads which flows a deletion or a listing is about; `strict` demands the same match and priority.
  public func filter(_ text: String, strict: Bool = false) throws(FlowTextError) -> FlowFilter {
    try checkLength(text)
    var filter = FlowFilter()
    var reader = MatchReader(ports: ports)
    var priority: UInt16?
    for word in try FlowWord.words(of: text[...]) {
      if try reader.take(word) { continue }
      switch word.key {
      case "table": filter.table = try table(word)
      case "priority": priority = try FlowNumber.parse(word.value, of: word.text)
      case "cookie":
        let parts = word.value.split(separator: "/", maxSplits: 1)
        guard let first = parts.first else { throw FlowTextError(word.text, "a value is missing") }
        filter.cookie = try FlowNumber.parse(first, of: word.text)
        filter.cookieMask =
          parts.count < 2 || parts[1] == "-1"
          ? .max : try FlowNumber.parse(parts[1], of: word.text)
      case "out_port": filter.outPort = try ports.number(of: word.value, in: word.text)
      case "out_group": filter.outGroup = try FlowNumber.parse(word.value, of: word.text)
      default: throw unknown(word)
      }
    }
    filter.match = try reader.finished()
    if priority != nil, !strict {
      throw FlowTextError("priority=\(priority ?? 0)", "is looked at with --strict only")
    }
    if strict { filter.strictPriority = priority ?? 32768 }
    return filter
  }

  /// Reads a match alone.
  public func match(_ text: String) throws(FlowTextError) -> FlowMatch {
    try checkLength(text)
    var reader = MatchReader(ports: ports)
    for word in try FlowWord.words(of: text[...]) {
      guard try reader.take(word) else { throw unknown(word) }
    }
    return try reader.finished()
  }

  /// Reads a list of actions.
  public func actions(_ text: String) throws(FlowTextError) -> [Action] {
    try checkLength(text)
    return try ActionReader(ports: ports).read(text[...])
  }

  /// Reads the flows of a file, one a line; what stands behind `#` is a comment.
  public func flows(_ text: String) throws(FlowTextError) -> [FlowSpecification] {
    var flows: [FlowSpecification] = []
    var number = 0
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      number += 1
      let content = line.prefix { $0 != "#" }
      if content.allSatisfy({ $0.isWhitespace }) { continue }
      do throws(FlowTextError) {
        flows.append(try flow(String(content)))
      } catch {
        throw error.inLine(number)
      }
    }
    return flows
  }

  // MARK: Printing

  /// A flow as it is asked for.
  public func format(_ flow: FlowSpecification) -> String {
    var words: [String] = []
    if flow.cookie != 0 { words.append("cookie=\(FlowNumber.hex(UInt128(flow.cookie)))") }
    if flow.table != 0 { words.append("table=\(flow.table)") }
    if flow.idleTimeout > 0 { words.append("idle_timeout=\(flow.idleTimeout)") }
    if flow.hardTimeout > 0 { words.append("hard_timeout=\(flow.hardTimeout)") }
    if flow.importance > 0 { words.append("importance=\(flow.importance)") }
    words += Self.flagWords(flow.flags)
    if flow.priority != 32768 { words.append("priority=\(flow.priority)") }
    let match = format(flow.match)
    if !match.isEmpty { words.append(match) }
    let head = words.joined(separator: ",")
    return (head.isEmpty ? "" : head + " ") + "actions=\(format(flow.actions))"
  }

  /// A match; empty for every frame.
  public func format(_ match: FlowMatch) -> String { MatchWriter.write(match, ports) }

  /// A list of actions; `drop` for none.
  public func format(_ actions: [Action]) -> String { ActionWriter(ports: ports).write(actions) }

  /// A value of a field.
  public func format(_ field: Field, _ value: UInt128) -> String {
    let number = MaskedNumber(value: value, mask: MaskedNumber.ones(field.width))
    return FieldValue.format(number, of: .of(field), ports)
  }

  // MARK: Parts

  private static func flagWords(_ flags: FlowSpecification.Flags) -> [String] {
    var words: [String] = []
    if flags.contains(.sendFlowRemoved) { words.append("send_flow_rem") }
    if flags.contains(.checkOverlap) { words.append("check_overlap") }
    if flags.contains(.resetCounts) { words.append("reset_counts") }
    if flags.contains(.noPacketCounts) { words.append("no_packet_counts") }
    if flags.contains(.noByteCounts) { words.append("no_byte_counts") }
    return words
  }

  private func checkLength(_ text: String) throws(FlowTextError) {
    guard text.utf8.count <= Self.limit else {
      throw FlowTextError("", "longer than \(Self.limit) characters")
    }
  }

  /// What stands before `actions=` and behind it.
  private static func splitActions(
    _ text: Substring
  ) -> (match: Substring, actions: Substring)? {
    for key in ["actions=", "action="] {
      guard let range = text.firstRange(of: key) else { continue }
      let before = text[..<range.lowerBound]
      guard before.last.map({ $0 == "," || $0.isWhitespace }) ?? true else { continue }
      return (before, text[range.upperBound...])
    }
    return nil
  }

  private func take(
    _ word: FlowWord, into flow: inout FlowSpecification
  ) throws(FlowTextError) {
    switch (word.key, word.joint) {
    case ("table", .sign): flow.table = try table(word)
    case ("priority", .sign): flow.priority = try FlowNumber.parse(word.value, of: word.text)
    case ("cookie", .sign):
      guard !word.value.contains("/") else {
        throw FlowTextError(word.text, "a mask has no sense for a flow that is added")
      }
      flow.cookie = try FlowNumber.parse(word.value, of: word.text)
    case ("idle_timeout", .sign):
      flow.idleTimeout = try FlowNumber.parse(word.value, of: word.text)
    case ("hard_timeout", .sign):
      flow.hardTimeout = try FlowNumber.parse(word.value, of: word.text)
    case ("importance", .sign):
      flow.importance = try FlowNumber.parse(word.value, of: word.text)
    case ("send_flow_rem", .none): flow.flags.insert(.sendFlowRemoved)
    case ("check_overlap", .none): flow.flags.insert(.checkOverlap)
    case ("reset_counts", .none): flow.flags.insert(.resetCounts)
    case ("no_packet_counts", .none): flow.flags.insert(.noPacketCounts)
    case ("no_byte_counts", .none): flow.flags.insert(.noByteCounts)
    // What a listing says of a flow's life; adding it again begins a new one.
    case ("duration", .sign), ("n_packets", .sign), ("n_bytes", .sign), ("idle_age", .sign),
      ("hard_age", .sign):
      return
    default: throw unknown(word)
    }
  }

  private func table(_ word: FlowWord) throws(FlowTextError) -> UInt8 {
    let table: UInt8 = try FlowNumber.parse(word.value, of: word.text)
    guard table < 255 else { throw FlowTextError(word.text, "tables are 0 to 254") }
    return table
  }

  private func unknown(_ word: FlowWord) -> FlowTextError {
    let known =
      FieldName.names + Shorthand.all.map(\.name)
      + ["table", "priority", "cookie", "idle_timeout", "hard_timeout", "send_flow_rem"]
    let near = known.filter {
      $0.first == word.key.first && abs($0.count - word.key.count) <= 2
        && $0.prefix(2) == word.key.prefix(2)
    }
    let hint = near.isEmpty ? "" : "; did you mean \(near.prefix(4).joined(separator: " or "))?"
    return FlowTextError(word.text, "is no field and no setting of a flow\(hint)")
  }
}
