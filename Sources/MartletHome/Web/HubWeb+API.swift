internal import HTTPTypes
internal import Hummingbird
internal import MartletHub

/// What programs ask for: `/api/v1` and `/metrics`. A form's fields are a change's parameters.
extension HubWeb {
  /// The API's routes: what its document says, and nothing else.
  private static let routes = [
    ("get", "/api/v1/devices", "Every device, as it has reported itself"),
    ("post", "/api/v1/stop", "Stop all water"),
    ("post", "/api/v1/devices/{id}/open", "Open a valve: valve 0 to 3, seconds 1 to 1800"),
    ("post", "/api/v1/devices/{id}/run", "Run a sequence: steps such as a600,c300"),
    ("post", "/api/v1/devices/{id}/stop", "Stop water on a device"),
  ]

  func addProgramming(to router: Router<BasicRequestContext>) {
    router.get("/api/v1/openapi.json") { _, _ in Answers.json(Self.document) }
    router.get("/api/v1/devices") { _, _ in
      Answers.json("[" + (await hub.views()).map(Self.json).joined(separator: ",") + "]\n")
    }
    router.post("/api/v1/stop") { _, _ in
      await hub.stop()
      return Answers.json("{\"ok\":true}\n")
    }
    router.post("/api/v1/devices/:id/stop") { _, context in
      await hub.stop(context.parameters.get("id") ?? "")
      return Answers.json("{\"ok\":true}\n")
    }
    router.post("/api/v1/devices/:id/open") { request, context in
      let form = try await Self.form(request)
      return await told {
        guard let valve = form.number("valve", in: 0...3),
          let seconds = form.number("seconds", in: 1...1800)
        else { throw HubService.Refusal(description: "expected valve 0 to 3, seconds 1 to 1800") }
        try await open(valve, seconds: seconds, on: context.parameters.get("id") ?? "")
      }
    }
    router.post("/api/v1/devices/:id/run") { request, context in
      let form = try await Self.form(request)
      return await told {
        let sequence: WateringSequence
        do throws(SequenceTextError) {
          sequence = try WateringSequence(parsing: form["steps"] ?? "")
        } catch {
          throw HubService.Refusal(
            description: "steps: \(error); expected letters a to d with seconds, such as a600,c300")
        }
        try await hub.begin(sequence, name: "API", on: context.parameters.get("id") ?? "")
      }
    }
    router.get("/metrics") { _, _ in
      Answers.body(await metrics(), "text/plain; version=0.0.4; charset=utf-8")
    }
  }

  private func told(_ body: () async throws -> Void) async -> Response {
    do {
      try await body()
      return Answers.json("{\"ok\":true}\n")
    } catch {
      return Answers.json("{\"error\":\(Self.quoted("\(error)"))}\n", status: .conflict)
    }
  }

  private static func json(_ device: DeviceView) -> String {
    var members = [
      "\"id\":\(quoted(device.id))", "\"name\":\(quoted(device.name))",
      "\"label\":\(quoted(device.title))", "\"kind\":\(quoted(device.kind.rawValue))",
      "\"address\":\(quoted(device.address))", "\"standing\":\(quoted(device.standing.rawValue))",
      "\"proved\":\(device.isProved)", "\"lastHeard\":\(device.lastHeard)",
    ]
    switch device.reading {
    case .valves(let mask):
      let open = (0..<4).filter { mask >> UInt8($0) & 1 == 1 }
      members.append("\"open\":[\(open.map { "\($0)" }.joined(separator: ","))]")
    case .light(let light):
      members.append(
        "\"light\":{\"on\":\(light.isOn),\"brightness\":\(light.brightness),\"color\":\(quoted(light.hex))}"
      )
    case .inputs(let mask): members.append("\"inputs\":\(mask)")
    case .raw(let text): members.append("\"raw\":\(quoted(text))")
    case .nothing: break
    }
    if let run = device.run {
      let until = run.until.map { ",\"until\":\($0)" } ?? ""
      members.append(
        "\"run\":{\"steps\":\(quoted(run.sequence.text)),\"step\":\(run.step),\"state\":\(quoted(run.state))\(until)}"
      )
    }
    return "{\(members.joined(separator: ","))}"
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case _ where scalar.value < 0x20:
        result += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  private static var document: String {
    var paths: [String] = []
    for path in Set(routes.map(\.1)).sorted() {
      let parameter =
        path.contains("{id}")
        ? "\"parameters\":[{\"name\":\"id\",\"in\":\"path\",\"required\":true,\"schema\":{\"type\":\"string\"}}],"
        : ""
      let operations = routes.filter { $0.1 == path }.map { method, _, summary in
        "\"\(method)\":{\"summary\":\(quoted(summary)),\(parameter)\"responses\":{\"200\":{\"description\":\"done\"},"
          + "\"401\":{\"description\":\"no token\"},\"409\":{\"description\":\"not done, and why\"}}}"
      }
      paths.append("\(quoted(path)):{\(operations.joined(separator: ","))}")
    }
    return "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"Martlet hub\",\"version\":\"1\"},"
      + "\"components\":{\"securitySchemes\":{\"token\":{\"type\":\"http\",\"scheme\":\"bearer\"}}},"
      + "\"security\":[{\"token\":[]}],\"paths\":{\(paths.joined(separator: ","))}}\n"
  }

  private func metrics() async -> String {
    let devices = await hub.views()
    let counters = await hub.counters
    var text = "# TYPE martlet_device_online gauge\n"
    for device in devices {
      text += "martlet_device_online{id=\"\(device.id)\",kind=\"\(device.kind.rawValue)\"} "
      text += device.standing == .online ? "1\n" : "0\n"
    }
    text += "# TYPE martlet_valve_open gauge\n"
    for device in devices {
      guard case .valves(let mask) = device.reading else { continue }
      for valve in 0..<4 {
        text += "martlet_valve_open{id=\"\(device.id)\",valve=\"\(Page.letter(valve))\"} "
        text += "\(mask >> UInt8(valve) & 1)\n"
      }
    }
    for (name, value) in [
      ("adverts", counters.adverts), ("bad_adverts", counters.badAdverts),
      ("rival_adverts", counters.rivals), ("strangers_forgotten", counters.forgotten),
      ("connects", counters.connects), ("disconnects", counters.disconnects),
    ] {
      text += "# TYPE martlet_hub_\(name)_total counter\nmartlet_hub_\(name)_total \(value)\n"
    }
    return text
  }
}
