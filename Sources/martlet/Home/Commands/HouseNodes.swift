import ArgumentParser

/// `martlet house nodes`: who is there, and what they say.
struct HouseNodes: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nodes", abstract: "Show every node, as it has reported itself.")

  @OptionGroup var hub: HubOptions

  @Flag(help: "As JSON, as the hub has it.")
  var json = false

  func run() async throws {
    let client = try hub.client()
    if json { return Terminal.put(try await client.get("/api/v1/devices")) }
    let rows = try await HouseDevice.all(of: client).map {
      [$0.id, $0.label, $0.kind, $0.standing, $0.pairing, $0.state]
    }
    guard !rows.isEmpty else { return Terminal.say("no node has been heard yet") }
    let table = Table("", ["id", "name", "kind", "standing", "pairing", "says"], rows)
    Terminal.put(String(table.text.drop { $0 == "\n" }))
  }
}
