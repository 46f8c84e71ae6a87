import ArgumentParser
import MartletDevice
import MartletHost

/// `martlet impair`: a bad link between two TAP devices.
struct Impair: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Join two TAP devices by a bad link.",
    discussion: """
      Frames that the host sends into one TAP come out of the other, some of them late, twice, \
      damaged or not at all. It prints one line, "ready TAP-A TAP-B", when it carries frames, what \
      it has done to them on SIGUSR1 and at its end, and runs until Ctrl-C.

      Each option takes one value for both ways, or two with a comma: from A to B, then from B to \
      A. The same seed does the same to the same frames.

        sudo martlet impair tap0 tap1 --loss 1 --delay 20
        sudo martlet impair tap0 tap1 --rate 10M,1M --limit 64k --jitter 5
        sudo martlet impair tap0 tap1 --loss 5,0 --duplicate 1 --reorder 10 --seed 7
      """)

  @Argument(help: ArgumentHelp("A TAP device.", valueName: "tap-a"))
  var first: String

  @Argument(help: ArgumentHelp("Another TAP device, of the same MTU.", valueName: "tap-b"))
  var second: String

  @Option(help: ArgumentHelp("Frames lost.", valueName: "percent"))
  var loss = BothWays(Percentage(perMillion: 0))

  @Option(help: ArgumentHelp("Frames that arrive twice.", valueName: "percent"))
  var duplicate = BothWays(Percentage(perMillion: 0))

  @Option(help: ArgumentHelp("Frames held back by 1 ms, to be overtaken.", valueName: "percent"))
  var reorder = BothWays(Percentage(perMillion: 0))

  @Option(help: ArgumentHelp("Frames with one bit changed.", valueName: "percent"))
  var corrupt = BothWays(Percentage(perMillion: 0))

  @Option(help: ArgumentHelp("How long each frame travels.", valueName: "ms"))
  var delay = BothWays(Milliseconds(interval: .zero))

  @Option(help: ArgumentHelp("How much longer it may travel, by chance.", valueName: "ms"))
  var jitter = BothWays(Milliseconds(interval: .zero))

  @Option(help: ArgumentHelp("Bits a second, as 10M; 0 sets no rate.", valueName: "bits"))
  var rate = BothWays(Quantity(value: 0))

  @Option(
    help: ArgumentHelp(
      "Bytes that wait for their turn at a rate, as 64k; what comes beyond is dropped.",
      valueName: "bytes"))
  var limit = BothWays(Quantity(value: 0))

  @Option(help: ArgumentHelp("Where chance begins.", valueName: "number"))
  var seed: UInt64 = 1

  @Flag(help: "Print what was done as JSON, one object a line.")
  var json = false

  func validate() throws {
    guard first != second else {
      throw ValidationError("\(first) is named twice; a link has two ends")
    }
  }

  func run() async throws {
    // Without offloads: a frame that stands for forty would be lost as one.
    let near = try TunTapDevice(.tap, named: first, offloads: false)
    let far = try TunTapDevice(.tap, named: second, offloads: false)
    let loop = try EventLoop(name: "martlet-impair")
    let bridge = ImpairedBridge(
      near, far, forth: impairment(.forth), back: impairment(.back), seed: seed, on: loop)
    let carrying = Task { try await bridge.run() }
    try Signals.onEnd {
      carrying.cancel()
    } onReport: {
      Task { await report(bridge) }
    }
    Terminal.say("ready \(first) \(second)")
    try await carrying.value
    await report(bridge)
    if !carrying.isCancelled {
      throw Failure(.unavailable, "\(first) or \(second) was removed; the link ends with it")
    }
  }

  private func impairment(_ way: Way) -> Impairment {
    var impairment = Impairment()
    impairment.lossPerMillion = loss[way].perMillion
    impairment.duplicationPerMillion = duplicate[way].perMillion
    impairment.reorderingPerMillion = reorder[way].perMillion
    impairment.corruptionPerMillion = corrupt[way].perMillion
    impairment.delay = delay[way].interval
    impairment.jitter = jitter[way].interval
    impairment.bitsPerSecond = Int64(rate[way].value)
    impairment.queueByteLimit = limit[way].value
    impairment.frameLimit = 4096
    return impairment
  }

  private func report(_ bridge: ImpairedBridge<TunTapDevice, TunTapDevice>) async {
    let (forth, back, tooLong) = await (bridge.forth, bridge.back, bridge.tooLong)
    if json {
      Terminal.say(
        "{\"forth\": \(Self.json(forth)), \"back\": \(Self.json(back)), \"tooLong\": \(tooLong)}")
    } else {
      Terminal.say("\(first) to \(second): \(Self.text(forth))")
      Terminal.say("\(second) to \(first): \(Self.text(back))")
      if tooLong > 0 { Terminal.say("\(tooLong) longer than the other TAP takes") }
    }
  }

  private static func rows(_ counters: FaultCounters) -> [(name: String, count: UInt64)] {
    [
      ("offered", counters.offered), ("delivered", counters.delivered), ("lost", counters.lost),
      ("overflowed", counters.overflowed), ("duplicated", counters.duplicated),
      ("reordered", counters.reordered), ("corrupted", counters.corrupted),
    ]
  }

  private static func text(_ counters: FaultCounters) -> String {
    rows(counters).map { "\($0.count) \($0.name)" }.joined(separator: ", ")
  }

  private static func json(_ counters: FaultCounters) -> String {
    "{" + rows(counters).map { "\"\($0.name)\": \($0.count)" }.joined(separator: ", ") + "}"
  }
}
