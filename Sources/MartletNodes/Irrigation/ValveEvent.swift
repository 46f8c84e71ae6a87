public import MartletDevice
public import MartletHTTP

/// What a hub should know beyond which valve is open.
public enum ValveEvent: Equatable, Sendable {
  /// A run has ended otherwise than by a command.
  case ended(valve: Int, after: Interval, ValveEnd)
  /// A valve was not opened.
  case refused(valve: Int, ValveEnd)

  /// Appends the event as an object, such as
  /// `{"ev":"cutoff","valve":1,"why":"limit","on_ms":1800000}`. Valves count from 1.
  public func emit(into output: inout OutputBuffer) {
    var json = JSONWriter()
    json.beginObject(in: &output)
    json.key("ev", in: &output)
    switch self {
    case .ended(let valve, let time, let end):
      json.string("cutoff", in: &output)
      write(valve, end, &json, &output)
      json.key("on_ms", in: &output)
      json.number(time.microseconds / 1000, in: &output)
    case .refused(let valve, let end):
      json.string("refused", in: &output)
      write(valve, end, &json, &output)
    }
    json.endObject(in: &output)
  }

  private func write(
    _ valve: Int, _ end: ValveEnd, _ json: inout JSONWriter, _ output: inout OutputBuffer
  ) {
    json.key("valve", in: &output)
    json.number(Int64(valve) + 1, in: &output)
    json.key("why", in: &output)
    json.string(Self.word(end), in: &output)
  }

  private static func word(_ end: ValveEnd) -> Literal {
    switch end {
    case .command: "command"
    case .duration: "duration"
    case .hardLimit: "limit"
    case .dailyLimit: "day"
    case .hubLost: "hub"
    case .fault: "fault"
    }
  }
}
