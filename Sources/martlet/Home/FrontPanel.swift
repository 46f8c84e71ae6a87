import MartletDevice
import MartletHost
import MartletNodes

/// A device's front panel in the terminal: its valves, its colour, its inputs, its hub. Drawn in
/// place there; into a pipe a line is written whenever something but a countdown has changed.
struct FrontPanel: Sendable {
  private let name: String
  private let device: DeviceHandle
  private let isInteractive = Terminal.isInteractive

  init(of name: String, _ device: DeviceHandle) {
    self.name = name
    self.device = device
  }

  /// Shows it until the task is cancelled; `end` is called when somebody presses q.
  func run(end: @escaping @Sendable () -> Void) async {
    let keyboard = isInteractive ? Keyboard { key in press(key, end: end) } : nil
    if isInteractive { Terminal.say("p: pairing window   1, 2: inputs of an alarm   q: end\n") }
    var last = ""
    while !Task.isCancelled {
      if let standing = await device.look() {
        let text = line(standing, withTimes: isInteractive)
        if isInteractive {
          Terminal.put("\r\u{1B}[K\(text)")
        } else if text != last {
          Terminal.say(text)
        }
        last = text
      }
      try? await Task.sleep(for: .milliseconds(100))
    }
    if isInteractive { Terminal.say("") }
    keyboard?.end()
  }

  private func press(_ key: UInt8, end: @Sendable () -> Void) {
    switch key {
    case UInt8(ascii: "p"): Task { await device.openPairing(for: .seconds(120)) }
    case UInt8(ascii: "1"): toggle(0)
    case UInt8(ascii: "2"): toggle(1)
    case UInt8(ascii: "q"): end()
    default: return
    }
  }

  private func toggle(_ input: Int) {
    Task {
      guard case .inputs(let mask)? = await device.look()?.reading else { return }
      await device.ask(.input(input, isActive: mask >> UInt8(input) & 1 == 0))
    }
  }

  // MARK: Text

  private func line(_ standing: DeviceStanding, withTimes: Bool) -> String {
    let text =
      switch standing.reading {
      case .valves(let open, let until, let isStuck):
        valves(open, left: until.map { $0 - standing.time }, isStuck, withTimes)
      case .light(let levels): light(levels)
      case .inputs(let mask):
        (0..<2).map { "\($0 + 1) \(mask >> UInt8($0) & 1 == 1 ? "ACTIVE" : "quiet")" }
          .joined(separator: "   ")
      case .beacon: "here"
      }
    return "\(name)  \(text)   \(hub(standing, withTimes: withTimes))"
  }

  private func valves(_ open: Int?, left: Interval?, _ isStuck: Bool, _ withTimes: Bool) -> String {
    let letters = ["A", "B", "C", "D"]
    let words = letters.enumerated().map { valve, letter in
      guard valve == open else { return "\(letter) closed" }
      guard withTimes, let left else { return "\(letter) OPEN" }
      return "\(letter) OPEN \(Self.clock(left))"
    }
    return words.joined(separator: "   ") + (isStuck ? "   FAULT: an output does not obey" : "")
  }

  private func light(_ levels: LightLevels) -> String {
    let parts = [levels.red, levels.green, levels.blue].map { Int($0 >> 8) }
    let hex = parts.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    let word = levels == .black ? "off" : "#\(hex)"
    guard isInteractive else { return word }
    return "\u{1B}[48;2;\(parts[0]);\(parts[1]);\(parts[2])m            \u{1B}[0m \(word)"
  }

  private func hub(_ standing: DeviceStanding, withTimes: Bool) -> String {
    if let end = standing.pairingEnd, let code = device.code {
      let left = withTimes ? " \(Self.clock(end - standing.time))" : ""
      return "pairing window\(left): code \(code)"
    }
    if standing.hasHub { return standing.isProved ? "hub proved" : "hub connected, not proved" }
    return standing.isPaired ? "no hub" : "no hub, not paired"
  }

  private static func clock(_ interval: Interval) -> String {
    let seconds = max(0, interval.microseconds / 1_000_000)
    return "\(seconds / 60):\(seconds % 60 < 10 ? "0" : "")\(seconds % 60)"
  }
}
