internal import MartletFlow

/// Reads `learn(…)`.
struct LearnReader {
  let ports: PortNames

  func read(_ word: FlowWord) throws(FlowTextError) -> LearnAction {
    var learn = LearnAction()
    let text = word.text
    for inner in try FlowWord.words(of: word.value) {
      switch inner.key {
      case "table": learn.table = try FlowNumber.parse(inner.value, of: text)
      case "priority": learn.priority = try FlowNumber.parse(inner.value, of: text)
      case "cookie": learn.cookie = try FlowNumber.parse(inner.value, of: text)
      case "idle_timeout": learn.idleTimeout = try FlowNumber.parse(inner.value, of: text)
      case "hard_timeout": learn.hardTimeout = try FlowNumber.parse(inner.value, of: text)
      case "fin_idle_timeout": learn.finIdleTimeout = try FlowNumber.parse(inner.value, of: text)
      case "fin_hard_timeout": learn.finHardTimeout = try FlowNumber.parse(inner.value, of: text)
      case "send_flow_rem": learn.sendsFlowRemoved = true
      case "delete_learned": learn.deletesLearned = true
      case "output": learn.parts.append(.output(try RangeText.parse(inner.value, of: text)))
      case "load": learn.parts.append(try load(inner, text))
      default: learn.parts += try match(inner, text)
      }
    }
    return learn
  }

  private func load(_ word: FlowWord, _ text: String) throws(FlowTextError) -> LearnAction.Part {
    guard let arrow = word.value.firstRange(of: "->") else {
      throw FlowTextError(text, "load needs \"->\" and a field")
    }
    let to = try RangeText.parse(word.value[arrow.upperBound...], of: text)
    let left = word.value[..<arrow.lowerBound]
    if FlowNumber.parse(left) != nil {
      return .load(try FlowNumber.parse(left, width: Int(to.count), of: text), to: to)
    }
    let from = try RangeText.parse(left, of: text)
    guard from.count == to.count else {
      throw FlowTextError(text, "\(from.count) bits do not fit \(to.count)")
    }
    return .loadFrame(from, to: to)
  }

  /// `FIELD[]=FIELD[]`, `FIELD[]`, `FIELD=VALUE` or a shorthand like `tcp`.
  private func match(_ word: FlowWord, _ text: String) throws(FlowTextError) -> [LearnAction.Part] {
    if word.joint == .none, let shorthand = Shorthand.find(word.key) {
      var parts: [LearnAction.Part] = []
      if let type = shorthand.etherType {
        parts.append(.match(FieldRange(.etherType), value: UInt128(type)))
      }
      if let proto = shorthand.ipProtocol {
        parts.append(.match(FieldRange(.ipProtocol), value: UInt128(proto)))
      }
      return parts
    }
    let range = try RangeText.parse(word.key, of: text)
    guard word.joint == .sign else { return [.matchFrame(range, from: range)] }
    if FieldName.find(word.value.prefix { $0 != "[" }) != nil {
      let from = try RangeText.parse(word.value, of: text)
      guard from.count == range.count else {
        throw FlowTextError(text, "\(from.count) bits do not fit \(range.count)")
      }
      return [.matchFrame(range, from: from)]
    }
    let name = FieldName.of(range.field)
    let number = try FieldValue.parse(word.value, of: name, ports, in: text)
    return [.match(range, value: number.value)]
  }
}
