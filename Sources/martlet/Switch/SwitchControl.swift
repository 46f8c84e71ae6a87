import MartletHost
import MartletSwitch
import MartletSwitchDatabase

/// The control socket of a running switch: what `martlet switch …` asks it.
///
/// A request is a line of words with tabs between; the answer begins with `ok` or
/// `error STATUS TEXT`, as that of a node does.
final class SwitchControl: Sendable {
  private let service: SwitchService
  private let database: SwitchDatabase
  private let captures: SwitchCaptures
  private let server: LineServer

  /// Listens in the switch's folder.
  init(for service: SwitchService, _ database: SwitchDatabase) throws {
    self.service = service
    self.database = database
    captures = SwitchCaptures(of: service)
    server = try LineServer(
      at: SwitchFolder.socket(in: service.directory), lengthLimit: SwitchFolder.requestLimit,
      on: service.loop)
  }

  /// Serves clients until the task is cancelled; then the socket is gone.
  func run() async {
    await server.run { line, _, client in
      let words = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      if words.count == 4, words[0] == "capture", let count = Int(words[2]) {
        return try await self.captures.serve(
          words[1], count: count, filter: try Dump.filter([words[3]]), to: client)
      }
      let answer = try await self.answer(words)
      try await client.write("ok\n" + answer)
    }
  }

  private func answer(_ words: [String]) async throws -> String {
    let arguments = Array(words.dropFirst())
    switch (words[0], arguments.count) {
    case ("add-br", 1...):
      try await database.change { configuration throws(SwitchError) in
        try configuration.addBridge(named: arguments[0])
        try configuration.set(arguments[0], Self.settings(arguments.dropFirst()))
      }
    case ("del-br", 1):
      try await database.change { configuration throws(SwitchError) in
        try configuration.removeBridge(named: arguments[0])
      }
    case ("add-port", 2...):
      try await database.change { configuration throws(SwitchError) in
        try configuration.addPort(
          named: arguments[1], to: arguments[0], settings: Self.settings(arguments.dropFirst(2)))
      }
    case ("del-port", 1):
      try await database.change { configuration throws(SwitchError) in
        try configuration.removePort(named: arguments[0])
      }
    case ("set", 2...):
      try await database.change { configuration throws(SwitchError) in
        try configuration.set(arguments[0], Self.settings(arguments.dropFirst()))
      }
    case ("show", 1):
      let report = await service.report()
      return arguments[0] == "json" ? report.json.text + "\n" : report.text
    case ("ports", 1...2):
      let name = arguments.count > 1 ? arguments[1] : nil
      return try await service.report().ports(arguments[0], named: name)
    case ("flows", 3):
      let flows = try await service.flows(of: arguments[1], filter: arguments[2])
      return arguments[0] == "json"
        ? JSON.lines(flows.map(\.json)) : flows.map { $0.text + "\n" }.joined()
    case ("add-flow", 2...):
      try await service.addFlows(Array(arguments.dropFirst()), to: arguments[0])
    case ("del-flows", 3):
      try await service.deleteFlows(
        arguments[1], of: arguments[0], strict: arguments[2] == "strict")
    case ("trace", 3...4):
      let trace = try await service.trace(
        arguments[2], frame: arguments.count > 3 ? arguments[3] : nil, in: arguments[1])
      return arguments[0] == "json"
        ? trace.json.text + "\n" : trace.lines.map { $0 + "\n" }.joined()
    case ("conntrack", 3):
      let zone = arguments[2].isEmpty ? nil : UInt16(arguments[2])
      if arguments[0] == "flush" {
        let count = try await service.flushConnections(of: arguments[1], zone: zone)
        return "\(count) connections were forgotten\n"
      }
      let connections = try await service.connections(of: arguments[1], zone: zone)
      return arguments[0] == "json"
        ? JSON.lines(connections.map(\.json)) : connections.map { $0.text + "\n" }.joined()
    case ("fdb", 2):
      let stations = try await service.stations(of: arguments[0])
      return Self.text(of: stations, isJSON: arguments[1] == "json")
    case ("metrics", 0): return await service.report().metrics
    default:
      throw Failure(
        .usage, "the switch does not know '\(words[0])' so; is it of another version?")
    }
    return ""
  }

  private static func text(of stations: [SwitchService.Station], isJSON: Bool) -> String {
    guard isJSON else {
      let rows = stations.map { [$0.port, "\($0.vlan)", $0.address, "\($0.age)"] }
      return Table("stations", ["port", "vlan", "mac", "age"], rows).text
    }
    let entries = stations.map { station -> JSON in
      .object([
        ("port", .string(station.port)), ("vlan", .number(Int(station.vlan))),
        ("mac", .string(station.address)), ("age", .number(station.age)),
      ])
    }
    return JSON.array(entries).text + "\n"
  }

  /// Words of the form NAME=VALUE.
  private static func settings(
    _ words: some Sequence<String>
  ) throws(SwitchError) -> [(name: String, value: String)] {
    var settings: [(name: String, value: String)] = []
    for word in words {
      guard let mark = word.firstIndex(of: "="), mark > word.startIndex else {
        throw .invalid("'\(word)' is no setting; expected NAME=VALUE")
      }
      settings.append((String(word[..<mark]), String(word[word.index(after: mark)...])))
    }
    return settings
  }
}
