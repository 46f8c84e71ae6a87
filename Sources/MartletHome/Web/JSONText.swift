internal import MartletDWN
internal import MartletHub

/// What the API says, as JSON.
enum JSONText {
  /// A string with its quotes.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case _ where scalar.value < 0x20:
        result += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// A device.
  static func of(_ device: DeviceView) -> String {
    var members = [
      "\"id\":\(quoted(device.id))", "\"name\":\(quoted(device.name))",
      "\"label\":\(quoted(device.title))", "\"kind\":\(quoted(device.kind.rawValue))",
      "\"address\":\(quoted(device.address))", "\"standing\":\(quoted(device.standing.rawValue))",
      "\"proved\":\(device.isProved)", "\"paired\":\(device.isPaired)",
      "\"needsPairing\":\(device.needsPairing)", "\"lastHeard\":\(device.lastHeard)",
    ]
    switch device.reading {
    case .valves(let mask):
      let open = (0..<4).filter { mask >> UInt8($0) & 1 == 1 }
      members.append("\"open\":[\(open.map { "\($0)" }.joined(separator: ","))]")
    case .light(let light):
      members.append(
        "\"light\":{\"on\":\(light.isOn),\"brightness\":\(light.brightness),"
          + "\"color\":\(quoted(light.hex)),\"effect\":\(quoted(light.effect))}")
    case .inputs(let mask): members.append("\"inputs\":\(mask)")
    case .raw(let text): members.append("\"raw\":\(quoted(text))")
    case .nothing: break
    }
    if device.kind == .presence { members.append("\"presence\":\(quoted(word(device.presence)))") }
    if let run = device.run {
      let until = run.until.map { ",\"until\":\($0)" } ?? ""
      members.append(
        "\"run\":{\"steps\":\(quoted(run.sequence.text)),\"step\":\(run.step),"
          + "\"valve\":\(run.valve),\"state\":\(quoted(run.state))\(until)}")
    }
    return "{\(members.joined(separator: ","))}"
  }

  private static func word(_ presence: Presence.State) -> String {
    switch presence {
    case .away: "away"
    case .unproved: "unproved"
    case .proved: "proved"
    }
  }

  /// A run that was, or is.
  static func of(_ run: StoredRun) -> String {
    let ended = run.ended.map { "\($0)" } ?? "null"
    let outcome = run.outcome.map(quoted) ?? "null"
    return "{\"id\":\(run.id),\"device\":\(quoted(run.device)),\"name\":\(quoted(run.name)),"
      + "\"steps\":\(quoted(run.text)),\"began\":\(run.began),\"ended\":\(ended),"
      + "\"outcome\":\(outcome)}"
  }

  /// A named sequence.
  static func of(_ named: StoredSequence) -> String {
    "{\"id\":\(named.id),\"name\":\(quoted(named.name)),\"steps\":\(quoted(named.sequence.text)),"
      + "\"seconds\":\(named.sequence.totalSeconds)}"
  }

  /// A list of values that are JSON already.
  static func list(_ values: [String]) -> String { "[\(values.joined(separator: ","))]\n" }

  /// That something was done.
  static let done = "{\"ok\":true}\n"
}
