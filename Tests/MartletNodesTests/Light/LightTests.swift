import MartletDevice
import MartletHTTP
import MartletNodes
import Testing

/// A strip's states, transitions, effects and memory.
@Suite struct LightTests {
  let board = TestBoard()

  func at(_ milliseconds: Int64) -> Instant { Instant(milliseconds: milliseconds) }

  static func command(_ text: String) throws(LightCommandError) -> LightCommand {
    let bytes = Array(text.utf8)
    return try LightCommand(parsing: ByteText(unsafe bytes.span.bytes))
  }

  static func text(_ light: borrowing LightEngine<TestBoard>) -> String {
    var output = OutputBuffer(capacity: 200)
    light.state.emit(revision: light.revision, into: &output)
    let bytes = ByteText(output.bytes)
    return String(decoding: (0..<bytes.count).map { bytes[$0] }, as: UTF8.self)
  }

  @Test func commandIsDoneAndAnsweredWithTheWholeState() throws {
    var light = LightEngine(memory: board, now: at(0))
    try light.handle(
      Self.command(
        #"{"state":"ON","color":{"r":255,"g":0,"b":0},"brightness":255,"transition":0,"x":[{}]}"#),
      now: at(0))
    let levels = light.levels(at: at(0))
    #expect(levels == LightLevels(red: 65_535, green: 0, blue: 0))
    let text = Self.text(light)
    #expect(
      text == #"{"state":"ON","brightness":255,"color_mode":"rgb","color":{"r":255,"g":0,"b":0},"#
        + #""effect":"none","rev":1}"#)
  }

  @Test func whatIsAbsentStays() throws {
    var light = LightEngine(memory: board, now: at(0))
    try light.handle(
      Self.command(#"{"state":"ON","color":{"r":9,"g":8,"b":7},"brightness":50}"#), now: at(0))
    try light.handle(Self.command(#"{"brightness":0}"#), now: at(1000))
    var state = light.state
    #expect(!state.isOn && state.brightness == 50)
    try light.handle(Self.command(#"{"state":"ON"}"#), now: at(2000))
    state = light.state
    #expect(state.isOn && state.color == LightColor(red: 9, green: 8, blue: 7))
    try light.handle(Self.command(#"{"effect":"breathe"}"#), now: at(3000))
    state = light.state
    #expect(state.effect == .breathe)
    try light.handle(Self.command(#"{"color":{"r":1,"g":1,"b":1}}"#), now: at(3000))
    state = light.state
    #expect(state.effect == .none)
  }

  static let refused: [(String, LightCommandError)] = [
    ("[]", .badValue), ("{", .notJSON(.truncated(1))), (#"{"state":"on"}"#, .badValue),
    (#"{"state":true}"#, .badValue), (#"{"brightness":256}"#, .badValue),
    (#"{"brightness":-1}"#, .badValue), (#"{"brightness":"1"}"#, .badValue),
    (#"{"color":{"r":1,"g":1}}"#, .badValue), (#"{"color":{"r":1,"g":1,"b":1,"w":1}}"#, .badValue),
    (#"{"color":[1,2,3]}"#, .badValue), (#"{"transition":60.001}"#, .badValue),
    (#"{"effect":"disco"}"#, .badValue), (#"{"preset":0}"#, .badValue),
    (#"{"preset":9}"#, .badValue), (#"{"power_up":"on"}"#, .badValue),
    ("{}x", .notJSON(.unexpected(2))),
  ]

  @Test(arguments: refused) func badCommandIsRefused(text: String, error: LightCommandError) {
    #expect(throws: error) { try Self.command(text) }
  }

  @Test func randomCommandsNeverTrap() {
    let text = Array(
      #"{"state":"ON","brightness":7,"color":{"r":1,"g":2,"b":3},"transition":0.5,"preset":2}"#.utf8
    )
    var chance = SplitMix64(seed: 3)
    var count = 0
    var light = LightEngine(memory: board, now: at(0))
    for _ in 0..<20_000 {
      var bytes = text
      for _ in 0..<Int.random(in: 1...2, using: &chance) {
        bytes[Int.random(in: bytes.indices, using: &chance)] = UInt8.random(
          in: 32...126, using: &chance)
      }
      guard let command = try? unsafe LightCommand(parsing: ByteText(bytes.span.bytes)) else {
        continue
      }
      try? light.handle(command, now: at(1))
      count += 1
    }
    #expect(count > 100)
  }

  @Test func anOlderCommandIsVoid() throws {
    var light = LightEngine(memory: board, now: at(0))
    try light.handle(Self.command(#"{"state":"ON","if_rev":0}"#), now: at(0))
    do throws(LightCommandError) {
      try light.handle(Self.command(#"{"state":"OFF","if_rev":0}"#), now: at(1))
      Issue.record("it was taken")
    } catch {
      #expect(error == .outdated)
    }
    let isOn = light.state.isOn
    #expect(isOn)
  }

  @Test func transitionIsSteadyInWhatIsSeen() throws {
    var light = LightEngine(memory: board, now: at(0))
    try light.handle(
      Self.command(#"{"state":"ON","color":{"r":255,"g":255,"b":0},"transition":1}"#), now: at(0))
    var last = LightLevels.black
    for time in stride(from: Int64(0), through: 1000, by: 10) {
      let levels = light.levels(at: at(time))
      #expect(abs(Int(levels.red) - Int(65_535 * time / 1000)) <= 1)
      // Yellow stays yellow all the way.
      #expect(levels.red == levels.green && levels.blue == 0)
      #expect(levels.red >= last.red)
      last = levels
    }
    // A change in the middle of a change starts from what is seen.
    try light.handle(Self.command(#"{"state":"OFF","transition":2}"#), now: at(1500))
    let half = light.levels(at: at(2500))
    try light.handle(Self.command(#"{"state":"ON","transition":2}"#), now: at(2500))
    let same = light.levels(at: at(2500))
    #expect(same == half)
  }

  @Test(arguments: LightEffect.allCases) func effectsMoveWithoutJumps(effect: LightEffect) throws {
    var light = LightEngine(memory: board, now: at(0))
    var command = LightCommand()
    command.isOn = true
    command.color = LightColor(red: 255, green: 120, blue: 40)
    command.effect = effect
    try light.handle(command, now: at(0))
    var last = light.levels(at: at(0))
    var moved = 0
    let step: Int64 = effect == .sunrise ? 1000 : 8
    for frame in 1...1300 {
      let levels = light.levels(at: at(Int64(frame) * step))
      for (a, b) in [(last.red, levels.red), (last.green, levels.green), (last.blue, levels.blue)] {
        // The usual transition at the start is the fastest: all the way in 400 ms.
        #expect(abs(Int(a) - Int(b)) <= 65_535 * 8 / 400 + 2 || effect == .sunrise)
      }
      if levels != last { moved = frame }
      last = levels
    }
    switch effect {
    case .none: #expect(moved <= 50)
    case .sunrise: #expect((1199...1201).contains(moved))
    case .fade, .breathe: #expect(moved > 1290)
    }
    light.poll(now: at(1300 * step))
    let next = light.nextDeadline(after: at(1300 * step))
    #expect((next == nil) == (effect == .none || effect == .sunrise))
  }

  @Test func sliderDoesNotWearStorage() throws {
    var light = LightEngine(memory: board, now: at(0))
    for time in 0..<Int64(1000) {
      try light.handle(
        Self.command(#"{"state":"ON","brightness":\#(time % 255 + 1)}"#), now: at(time * 50))
      light.poll(now: at(time * 50))
    }
    #expect(board.writeCount == 0)
    light.poll(now: at(1000 * 50 + 5000))
    #expect(board.writeCount == 1)
  }

  @Test(arguments: ["\"off\"", "\"last\"", "3"]) func powerUpIsAsChosen(policy: String) throws {
    var light = LightEngine(memory: board, now: at(0))
    try light.handle(
      Self.command(#"{"state":"ON","color":{"r":1,"g":2,"b":3},"save":3}"#), now: at(0))
    try light.handle(
      Self.command(#"{"color":{"r":9,"g":9,"b":9},"power_up":\#(policy)}"#), now: at(1))
    light.poll(now: at(6000))
    let next = LightEngine(memory: board, now: at(0))
    let state = next.state
    switch policy {
    case "3": #expect(state.isOn && state.color == LightColor(red: 1, green: 2, blue: 3))
    case "\"last\"": #expect(state.isOn && state.color == LightColor(red: 9, green: 9, blue: 9))
    default: #expect(!state.isOn && state.color == LightColor(red: 9, green: 9, blue: 9))
    }
    let levels = next.levels(at: at(0))
    #expect((levels == .black) == (policy == "\"off\""))
    let preset = next.preset(3)
    #expect(preset?.color == LightColor(red: 1, green: 2, blue: 3))
  }

  @Test func damagedMemoryIsDark() {
    for record in [[], [1, 0], [UInt8](repeating: 0xFF, count: 56)] as [[UInt8]] {
      let board = TestBoard()
      _ = board.write(record, to: .light)
      let light = LightEngine(memory: board, now: at(0))
      let isOn = light.state.isOn
      #expect(!isOn)
    }
  }
}
