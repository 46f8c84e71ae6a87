internal import HTTPTypes
internal import Hummingbird
internal import MartletHub
internal import MartletWire

/// What programs ask for: `/api/v1` and `/metrics`. A form's fields are a change's parameters.
extension HubWeb {
  /// Everything that the API can do.
  var operations: [APIOperation] { houseOperations + waterOperations }

  func addProgramming(to router: Router<BasicRequestContext>) {
    let document = APIDocument(operations).text
    router.get("/api/v1/openapi.json") { _, _ in Answers.json(document) }
    for operation in operations {
      let path = operation.path.replacing("{id}", with: ":id")
      router.on(RouterPath(path), method: operation.method) { request, context in
        let id = context.parameters.get("id") ?? ""
        let isChange = operation.method != .get
        let form = isChange ? try await Self.form(request) : Form(request.uri.query ?? "")
        return await Self.told { try await operation.answer(.init(id: id, form: form)) }
      }
    }
    router.get("/metrics") { _, _ in
      Answers.body(await metrics(), "text/plain; version=0.0.4; charset=utf-8")
    }
  }

  private static func told(_ body: () async throws -> String) async -> Response {
    do {
      return Answers.json(try await body())
    } catch {
      let status: HTTPResponse.Status =
        switch (error as? HubService.Refusal)?.reason {
        case .invalid: .badRequest
        case .unknown: .notFound
        case .impossible, nil: .conflict
        }
      return Answers.json("{\"error\":\(JSONText.quoted("\(error)"))}\n", status: status)
    }
  }

  // MARK: The house

  private var houseOperations: [APIOperation] {
    [
      APIOperation(
        method: .get, path: "/api/v1/devices",
        summary: "Every device, as it has reported itself"
      ) { _ in JSONText.list((await hub.views()).map(JSONText.of)) },
      APIOperation(
        method: .post, path: "/api/v1/devices",
        summary: "Add a device whose adverts do not come here",
        fields: [
          .text("id", pattern: "^[A-Za-z0-9_-]{1,32}$"), .text("address"),
          .word("kind", of: DeviceKind.addable.map(\.word), isRequired: true),
        ]
      ) { call in
        let word = try call.word("kind", of: DeviceKind.addable.map(\.word)) ?? ""
        guard let kind = DeviceKind.addable.first(where: { $0.word == word }) else {
          throw HubService.Refusal(description: "kind: is missing", reason: .invalid)
        }
        try await add(call.required("id"), kind.name, at: call.required("address"))
        return JSONText.done
      },
      APIOperation(
        method: .post, path: "/api/v1/devices/{id}/pair",
        summary: "Pair with a device by the code that it shows", fields: [.text("code")]
      ) { call in
        guard await attempts.mayTry() else {
          throw HubService.Refusal(description: "Too many attempts. Wait a minute.")
        }
        try await hub.pair(call.id, code: call.required("code"))
        return JSONText.done
      },
      APIOperation(
        method: .post, path: "/api/v1/devices/{id}/light", summary: "Change a light",
        fields: [
          .word("state", of: ["on", "off"]), .number("brightness", 1...255, isRequired: false),
          .text("color", pattern: "^#[0-9A-Fa-f]{6}$", isRequired: false),
          .word("effect", of: ["none", "fade", "breathe", "sunrise"]),
        ]
      ) { call in
        try await hub.change(Self.light(call), of: call.id)
        return JSONText.done
      },
    ]
  }

  private static func light(_ call: APIOperation.Call) throws -> LightChange {
    var change = LightChange()
    change.isOn = try call.word("state", of: ["on", "off"]).map { $0 == "on" }
    change.brightness = try call.number("brightness", in: 1...255)
    change.effect = try call.word("effect", of: ["none", "fade", "breathe", "sunrise"])
    if let text = call.form["color"] {
      guard let color = color(text) else {
        throw HubService.Refusal(description: "color: expected #rrggbb", reason: .invalid)
      }
      change.color = color
      change.isOn = change.isOn ?? true
    }
    guard
      change.isOn != nil || change.brightness != nil || change.effect != nil
        || change.color != nil
    else {
      throw HubService.Refusal(
        description: "expected state, color, brightness or effect", reason: .invalid)
    }
    change.milliseconds = 200
    return change
  }

  // MARK: Water

  private var waterOperations: [APIOperation] {
    [
      APIOperation(method: .post, path: "/api/v1/stop", summary: "Stop all water") { _ in
        await hub.stop()
        return JSONText.done
      },
      APIOperation(
        method: .post, path: "/api/v1/devices/{id}/open", summary: "Open a valve",
        fields: [.number("valve", 0...3), .number("seconds", 1...1800)]
      ) { call in
        guard let valve = try call.number("valve", in: 0...3),
          let seconds = try call.number("seconds", in: 1...1800)
        else {
          throw HubService.Refusal(
            description: "expected valve 0 to 3 and seconds 1 to 1800", reason: .invalid)
        }
        try await open(valve, seconds: seconds, on: call.id)
        return JSONText.done
      },
      APIOperation(
        method: .post, path: "/api/v1/devices/{id}/run",
        summary: "Run a sequence: the name of a kept one, or steps such as a600,c300",
        fields: [.text("steps", isRequired: false), .text("name", isRequired: false)]
      ) { call in
        let (name, sequence) = try sequence(call)
        try await hub.begin(sequence, name: name, on: call.id)
        return JSONText.done
      },
      APIOperation(
        method: .post, path: "/api/v1/devices/{id}/stop", summary: "Stop water on a device"
      ) { call in
        guard await hub.views().contains(where: { $0.id == call.id && $0.kind == .irrigation })
        else {
          throw HubService.Refusal(
            description: "There is no irrigation controller '\(call.id)'.", reason: .unknown)
        }
        await hub.stop(call.id)
        return JSONText.done
      },
      APIOperation(method: .get, path: "/api/v1/sequences", summary: "The kept sequences") { _ in
        JSONText.list(try hub.store.sequences().map(JSONText.of))
      },
      APIOperation(
        method: .get, path: "/api/v1/history", summary: "The runs of the last days, newest first",
        fields: [.number("days", 1...400, isRequired: false)]
      ) { call in
        let days = try call.number("days", in: 1...400) ?? 14
        let runs = try hub.store.runs(since: WallClock.seconds - Int64(days) * 86_400, limit: 5000)
        return JSONText.list(runs.map(JSONText.of))
      },
    ]
  }

  private func sequence(
    _ call: APIOperation.Call
  ) throws -> (name: String, sequence: WateringSequence) {
    if let name = call.form["name"] {
      guard let named = try hub.store.sequences().first(where: { $0.name == name }) else {
        throw HubService.Refusal(description: "There is no sequence '\(name)'.", reason: .unknown)
      }
      return (name, named.sequence)
    }
    do throws(SequenceTextError) {
      return ("API", try WateringSequence(parsing: call.form["steps"] ?? ""))
    } catch {
      throw HubService.Refusal(
        description: "steps: \(error); expected letters a to d with seconds, such as a600,c300",
        reason: .invalid)
    }
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

extension DeviceKind {
  /// What can be added by its address: its word in the API, and what its node would announce.
  static let addable: [(word: String, name: String)] = [
    ("irrigation", "IRRIGATION_CONTROLLER"), ("light", "DWN LED STRIP"),
    ("alarm", "ESP8266 ALARM PGM"), ("presence", "DWN PRESENCE"),
  ]
}
