internal import MartletFlow

/// Prints `learn(…)`.
struct LearnWriter {
  let ports: PortNames

  func write(_ learn: LearnAction) -> String {
    var words = ["table=\(learn.table)"]
    if learn.idleTimeout > 0 { words.append("idle_timeout=\(learn.idleTimeout)") }
    if learn.hardTimeout > 0 { words.append("hard_timeout=\(learn.hardTimeout)") }
    if learn.finIdleTimeout > 0 { words.append("fin_idle_timeout=\(learn.finIdleTimeout)") }
    if learn.finHardTimeout > 0 { words.append("fin_hard_timeout=\(learn.finHardTimeout)") }
    if learn.priority != 32768 { words.append("priority=\(learn.priority)") }
    if learn.sendsFlowRemoved { words.append("send_flow_rem") }
    if learn.deletesLearned { words.append("delete_learned") }
    if learn.cookie != 0 { words.append("cookie=\(FlowNumber.hex(UInt128(learn.cookie)))") }
    words += learn.parts.map(write)
    return "learn(\(words.joined(separator: ",")))"
  }

  private func write(_ part: LearnAction.Part) -> String {
    switch part {
    case .match(let range, let value):
      return "\(RangeText.format(range))=\(FlowNumber.hex(value))"
    case .matchFrame(let range, let from):
      return range == from
        ? RangeText.format(range) : "\(RangeText.format(range))=\(RangeText.format(from))"
    case .load(let value, let to): return "load:\(FlowNumber.hex(value))->\(RangeText.format(to))"
    case .loadFrame(let from, let to):
      return "load:\(RangeText.format(from))->\(RangeText.format(to))"
    case .output(let range): return "output:\(RangeText.format(range))"
    }
  }
}
