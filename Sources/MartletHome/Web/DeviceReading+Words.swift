internal import MartletHub

extension DeviceReading {
  /// What it says, for a person.
  var words: String {
    switch self {
    case .nothing: return "nothing yet"
    case .valves(0): return "all valves closed"
    case .valves(let mask):
      let letters = "ABCD".enumerated().filter { mask >> $0.offset & 1 == 1 }
      return "open: " + letters.map { "valve \($0.element)" }.joined(separator: ", ")
    case .light(let light): return light.isOn ? "on, \(light.hex)" : "off"
    case .inputs(let mask):
      let inputs = (0..<2).map { "input \($0 + 1) \(mask >> $0 & 1 == 1 ? "active" : "quiet")" }
      return inputs.joined(separator: ", ")
    case .raw(let text): return text
    }
  }
}
