import ArgumentParser

/// A valve's letter, as an argument.
struct ValveArgument: ExpressibleByArgument {
  let number: Int

  init?(argument: String) {
    guard let number = ["a", "b", "c", "d"].firstIndex(of: argument.lowercased()) else {
      return nil
    }
    self.number = number
  }
}

/// Which irrigation controller a command is for.
struct ControllerOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The controller's id or name, if there are several.", valueName: "name"))
  var node: String?

  func find(_ hub: HubClient) async throws -> HouseDevice {
    try await HouseDevice.find(node, kind: "irrigation", of: hub)
  }
}

/// `martlet house open`: a valve, for a time.
struct HouseOpen: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "open",
    abstract: "Open a valve for a time; the node closes it by itself.",
    discussion: "Returns once the node has reported the valve open.")

  @Argument(help: ArgumentHelp("The valve, A to D.", valueName: "valve"))
  var valve: ValveArgument

  @Option(help: ArgumentHelp("For how long, 1 to 30.", valueName: "minutes"))
  var minutes: Int?

  @Option(help: ArgumentHelp("For how long, 1 to 1800.", valueName: "seconds"))
  var seconds: Int?

  @OptionGroup var controller: ControllerOption
  @OptionGroup var hub: HubOptions

  func validate() throws {
    guard (minutes == nil) != (seconds == nil) else {
      throw ValidationError("open: expected --minutes or --seconds, one of both")
    }
    guard (1...30).contains(minutes ?? 1), (1...1800).contains(seconds ?? 1) else {
      throw ValidationError("open: a valve opens for 1 second to 30 minutes")
    }
  }

  private var time: Int { seconds ?? 60 * (minutes ?? 0) }

  func run() async throws {
    let client = try hub.client()
    let device = try await controller.find(client)
    try await client.change(
      "/api/v1/devices/\(device.id)/open",
      [("valve", "\(valve.number)"), ("seconds", "\(time)")])
    let letter = HouseDevice.letter(valve.number)
    for _ in 0..<50 {
      let now = try await HouseDevice.find(device.id, of: client)
      if now.open?.contains(valve.number) == true {
        return Terminal.say("\(now.label): valve \(letter) is open, for \(Self.text(time))")
      }
      try await Task.sleep(for: .milliseconds(100))
    }
    throw Failure(
      .unavailable,
      "\(device.label) was told to open valve \(letter) and has not reported it in 5 s; see martlet "
        + "house nodes")
  }

  private static func text(_ seconds: Int) -> String {
    seconds % 60 == 0 ? "\(seconds / 60) min" : "\(seconds) s"
  }
}

/// `martlet house close`: the valves of one controller.
struct HouseClose: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "close", abstract: "Close the valves of one controller, and end what it runs.")

  @OptionGroup var controller: ControllerOption
  @OptionGroup var hub: HubOptions

  func run() async throws {
    let client = try hub.client()
    let device = try await controller.find(client)
    try await client.change("/api/v1/devices/\(device.id)/stop")
    try await HouseStop.waitUntilClosed(client) { $0.id == device.id }
  }
}

/// `martlet house stop`: all water.
struct HouseStop: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stop",
    abstract: "Stop all water.",
    discussion: "Returns once every controller that is connected has reported its valves closed.")

  @OptionGroup var hub: HubOptions

  func run() async throws {
    let client = try hub.client()
    try await client.change("/api/v1/stop")
    try await Self.waitUntilClosed(client) { _ in true }
  }

  /// Waits for what nodes report; what cannot be known is said, and is a failure.
  static func waitUntilClosed(
    _ hub: HubClient, _ isMeant: (HouseDevice) -> Bool
  ) async throws {
    var left: [HouseDevice] = []
    for _ in 0..<50 {
      left = try await HouseDevice.all(of: hub).filter {
        isMeant($0) && $0.kind == "irrigation" && $0.open?.isEmpty != true
      }
      if left.isEmpty { return Terminal.say("all valves are closed") }
      try await Task.sleep(for: .milliseconds(100))
    }
    let names = left.map { "\($0.label) (\($0.standing))" }.joined(separator: ", ")
    throw Failure(
      .unavailable,
      "told to close, and not reported closed in 5 s: \(names). A valve closes by itself within 30 "
        + "minutes; look at it")
  }
}

/// `martlet house run`: a sequence.
struct HouseRun: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a sequence: a kept one's name, or steps such as a600,c300 (seconds).")

  @Argument(help: ArgumentHelp("The name, or the steps.", valueName: "sequence"))
  var sequence: String

  @OptionGroup var controller: ControllerOption
  @OptionGroup var hub: HubOptions

  func run() async throws {
    let client = try hub.client()
    let device = try await controller.find(client)
    let kept = try await client.json("/api/v1/sequences").elements.contains {
      $0["name"]?.string == sequence
    }
    try await client.change(
      "/api/v1/devices/\(device.id)/run", [(kept ? "name" : "steps", sequence)])
    Terminal.say("\(device.label): begun; martlet house nodes shows how it goes on")
  }
}
