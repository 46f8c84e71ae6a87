import ArgumentParser

/// `martlet house led`: a light.
struct HouseLED: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "led", abstract: "Change a light: on, off, its colour, its brightness, an effect.")

  /// Whether it shines.
  enum State: String, CaseIterable, ExpressibleByArgument {
    case on, off
  }

  @Argument(help: ArgumentHelp("on or off.", valueName: "state"))
  var state: State?

  @Option(help: ArgumentHelp("The colour, as #ff8800.", valueName: "#rrggbb"))
  var color: String?

  @Option(help: ArgumentHelp("The brightness, 1 to 255.", valueName: "level"))
  var brightness: Int?

  @Option(help: ArgumentHelp("none, fade, breathe or sunrise.", valueName: "effect"))
  var effect: String?

  @Option(help: ArgumentHelp("The light's id or name, if there are several.", valueName: "name"))
  var node: String?

  @OptionGroup var hub: HubOptions

  func run() async throws {
    let client = try hub.client()
    let device = try await HouseDevice.find(node, kind: "light", of: client)
    let fields: [(String, String?)] = [
      ("state", state?.rawValue), ("color", color), ("brightness", brightness.map { "\($0)" }),
      ("effect", effect),
    ]
    try await client.change(
      "/api/v1/devices/\(device.id)/light",
      fields.compactMap { name, value in value.map { (name, $0) } })
    // What it says by then: a light reports each change at once.
    try await Task.sleep(for: .milliseconds(300))
    let now = try await HouseDevice.find(device.id, of: client)
    Terminal.say("\(now.label): \(now.state)")
  }
}
