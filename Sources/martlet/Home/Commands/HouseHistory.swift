import ArgumentParser
import MartletHub

/// `martlet house history`: what was watered.
struct HouseHistory: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "Show the runs of the last days, newest first.")

  @Option(help: ArgumentHelp("How many days, 1 to 400.", valueName: "days"))
  var days = 14

  @Flag(help: "As JSON, as the hub has it.")
  var json = false

  @OptionGroup var hub: HubOptions

  func run() async throws {
    let client = try hub.client()
    let path = "/api/v1/history?days=\(days)"
    if json { return Terminal.put(try await client.get(path)) }
    let rows = try await client.json(path).elements.map { run in
      let began = run["began"]?.integer ?? 0
      let time = run["ended"]?.integer.map { "\($0 - began) s" } ?? "running"
      return [
        Self.text(began), run["name"]?.string ?? "", run["steps"]?.string ?? "", time,
        run["outcome"]?.string ?? "",
      ]
    }
    guard !rows.isEmpty else { return Terminal.say("nothing was watered in \(days) days") }
    let table = Table("", ["began (UTC)", "what", "steps", "time", "end"], rows)
    Terminal.put(String(table.text.drop { $0 == "\n" }))
  }

  /// A date as `2026-08-01 05:30`.
  private static func text(_ seconds: Int64) -> String {
    let (year, month, day) = CivilDate(number: Int(seconds / 86_400)).parts
    let minute = Int(seconds % 86_400 / 60)
    func two(_ number: Int) -> String { (number < 10 ? "0" : "") + "\(number)" }
    return "\(year)-\(two(month))-\(two(day)) \(two(minute / 60)):\(two(minute % 60))"
  }
}
