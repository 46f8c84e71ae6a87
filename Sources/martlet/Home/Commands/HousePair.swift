import ArgumentParser

/// `martlet house pair`: a node by the code that it shows.
struct HousePair: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pair",
    abstract: "Pair the hub with a node by the code that the node shows.",
    discussion: "At the node: 'martlet node pair --node NAME', or its button.")

  @Argument(help: ArgumentHelp("The node's id or name.", valueName: "node"))
  var node: String

  @Argument(help: ArgumentHelp("The code, as XXXX-XXXX-XXXX-XXXX.", valueName: "code"))
  var code: String

  @OptionGroup var hub: HubOptions

  func run() async throws {
    let client = try hub.client()
    let device = try await HouseDevice.find(node, of: client)
    try await client.change("/api/v1/devices/\(device.id)/pair", [("code", code)])
    Terminal.say("\(device.id) is paired: it obeys this hub alone")
  }
}

/// `martlet house add`: a node that is not heard.
struct HouseAdd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Add a node by its address, whose adverts do not come to the hub.")

  @Argument(help: ArgumentHelp("The node's id.", valueName: "id"))
  var id: String

  @Argument(help: ArgumentHelp("Its address, as 10.0.0.5 or 10.0.0.5:242.", valueName: "address"))
  var address: String

  @Option(help: ArgumentHelp("irrigation, light, alarm or presence.", valueName: "kind"))
  var kind = "irrigation"

  @OptionGroup var hub: HubOptions

  func run() async throws {
    try await hub.client().change(
      "/api/v1/devices", [("id", id), ("address", address), ("kind", kind)])
    Terminal.say("\(id) is added; martlet house nodes shows whether it answers")
  }
}
