import MartletSwitch

/// The commands of `ovs-appctl` that a switch of ours answers, in the words and forms that Open vSwitch uses.
struct AppctlCommands: Sendable {
  private struct Command: Sendable {
    let name: String
    let usage: String
    let counts: ClosedRange<Int>
    let run: @Sendable (SwitchService, [String]) async throws -> String
  }

  private let service: SwitchService
  private let commands: [Command]

  /// Commands of a switch; `end` lets it end in order.
  init(_ service: SwitchService, end: @escaping @Sendable () -> Void) {
    self.service = service
    var commands = Self.all
    commands.append(
      Command(name: "exit", usage: "[--cleanup]", counts: 0...1) { _, _ in
        end()
        return ""
      })
    let lines = (commands.map { Self.line($0.name, $0.usage) } + [Self.line("list-commands", "")])
      .sorted()
    let list = "The available commands are:\n" + lines.joined()
    commands.append(Command(name: "list-commands", usage: "", counts: 0...0) { _, _ in list })
    self.commands = commands
  }

  /// Does what a command says; throws what its user reads.
  func run(_ name: String, _ words: [String]) async throws(Failure) -> String {
    guard let command = commands.first(where: { $0.name == name }) else {
      throw Failure(
        .usage,
        "\"\(name)\" is not a valid command (use \"list-commands\" to see a list of valid commands)"
      )
    }
    guard words.count >= command.counts.lowerBound else {
      throw Failure(
        .usage, "\"\(name)\" command requires at least \(command.counts.lowerBound) arguments")
    }
    guard words.count <= command.counts.upperBound else {
      throw Failure(
        .usage, "\"\(name)\" command takes at most \(command.counts.upperBound) arguments")
    }
    do {
      return try await command.run(service, words)
    } catch {
      throw Failure(error) ?? Failure(.defect, "\(error)")
    }
  }

  private static func line(_ name: String, _ usage: String) -> String {
    "  " + name.padded(to: 23) + (usage.isEmpty ? "" : " " + usage) + "\n"
  }

  private static let all: [Command] = [
    Command(name: "version", usage: "", counts: 0...0) { _, _ in
      "ovs-vswitchd (Martlet) \(Martlet.version)\n"
    },
    Command(name: "ofproto/list", usage: "", counts: 0...0) { service, _ in
      await service.report().bridges.map { $0.configuration.name + "\n" }.joined()
    },
    Command(name: "dpif/show", usage: "", counts: 0...0) { service, _ in
      await service.report().datapathText
    },
    Command(name: "fdb/show", usage: "bridge", counts: 1...1) { service, words in
      stationText(try await service.stations(of: words[0]))
    },
    Command(name: "fdb/flush", usage: "[bridge]", counts: 0...1) { service, words in
      var names = words
      if names.isEmpty { names = await service.report().bridges.map(\.configuration.name) }
      for name in names { try await service.forgetStations(of: name) }
      return "table successfully flushed\n"
    },
    Command(name: "bridge/dump-flows", usage: "bridge", counts: 1...1) { service, words in
      try await service.flows(of: words[0]).map { $0.text + "\n" }.joined()
    },
    Command(name: "ofproto/trace", usage: "bridge flow [-generate|packet]", counts: 2...3) {
      service, words in
      let frame = words.count == 3 && words[2] != "-generate" ? words[2] : nil
      let trace = try await service.trace(words[1], frame: frame, in: words[0])
      return traceText(trace, of: words[1], in: words[0])
    },
  ]

  private static func stationText(_ stations: [SwitchService.Station]) -> String {
    var text = " port  VLAN  MAC                Age\n"
    for station in stations {
      let port = station.number == PortConfiguration.localNumber ? "LOCAL" : "\(station.number)"
      text +=
        port.padded(to: 5, leading: true) + "  " + "\(station.vlan)".padded(to: 4, leading: true)
      text += "  \(station.address)  " + "\(station.age)".padded(to: 3, leading: true) + "\n"
    }
    return text
  }

  private static func traceText(
    _ trace: TraceReport, of flow: String, in bridge: String
  ) -> String {
    let title = "bridge(\"\(bridge)\")"
    var lines = ["Flow: \(flow)", "", title, String(repeating: "-", count: title.count)]
    lines += trace.lines.dropLast()
    let outputs =
      trace.outputNumbers.isEmpty ? "drop" : trace.outputNumbers.joined(separator: ",")
    lines += ["", "Megaflow: \(trace.lookedAt)", "Datapath actions: \(outputs)"]
    return lines.joined(separator: "\n") + "\n"
  }
}

extension SwitchReport {
  /// What `dpif/show` prints.
  fileprivate var datapathText: String {
    let lookups = bridges.reduce(0) { $0 &+ $1.lookups.total }
    let hits = bridges.reduce(0) { $0 &+ $1.lookups.matched }
    var text = "netdev@martlet: hit:\(hits) missed:\(lookups &- hits)\n"
    for bridge in bridges {
      text += "  \(bridge.configuration.name):\n"
      for port in bridge.ports {
        let configuration = port.configuration
        let number = port.isLocal ? "65534" : "\(configuration.number)"
        // There are no numbers of a path below: both are OpenFlow's.
        text += "    \(configuration.name) \(number)/\(number): (\(configuration.kind.name))\n"
      }
    }
    return text
  }
}

extension String {
  /// With blanks up to a length, behind or before.
  fileprivate func padded(to length: Int, leading: Bool = false) -> String {
    let blanks = String(repeating: " ", count: max(0, length - count))
    return leading ? blanks + self : self + blanks
  }
}
