internal import HTTPTypes
internal import Hummingbird
internal import MartletHub
internal import MartletWire

/// What pages send.
extension HubWeb {
  func addChanges(to router: Router<BasicRequestContext>) {
    let pages = Pages(hub: hub)
    router.post("/stop") { _, _ in
      await hub.stop()
      return Answers.redirect("/")
    }
    router.post("/device/:id/open") { request, context in
      let form = try await Self.form(request)
      return await done("/water") {
        guard let valve = form.number("valve", in: 0...3) else {
          throw HubService.Refusal(description: "There are four valves, A to D.")
        }
        guard let minutes = form.number("minutes", in: 1...30) else {
          throw HubService.Refusal(description: "A valve opens for 1 to 30 minutes.")
        }
        try await open(valve, seconds: 60 * minutes, on: context.parameters.get("id") ?? "")
      }
    }
    router.post("/device/:id/sequence") { request, context in
      let form = try await Self.form(request)
      return await done("/water") {
        let number = form["sequence"].flatMap { Int64($0) }
        guard let named = try hub.store.sequences().first(where: { $0.id == number }) else {
          throw HubService.Refusal(description: "There is no such sequence any more.")
        }
        try await hub.begin(
          named.sequence, name: named.name, on: context.parameters.get("id") ?? "")
      }
    }
    router.post("/device/:id/run") { request, context in
      let form = try await Self.form(request)
      let id = context.parameters.get("id") ?? ""
      switch form["wish"] {
      case "pause": await hub.change(.pause, on: id)
      case "resume": await hub.change(.resume, on: id)
      case "skip": await hub.change(.skip, on: id)
      default: await hub.stop(id)
      }
      return Answers.redirect("/water")
    }
    router.post("/device/:id/light") { request, context in
      let form = try await Self.form(request)
      return await done("/lights") {
        try await hub.change(Self.change(form), of: context.parameters.get("id") ?? "")
      }
    }
    router.post("/device/:id/label") { request, context in
      let form = try await Self.form(request)
      let id = context.parameters.get("id") ?? ""
      return await done("/device/\(id)") { try await hub.rename(id, form["label"] ?? "") }
    }
    router.post("/device/:id/pair") { request, context in
      let form = try await Self.form(request)
      let id = context.parameters.get("id") ?? ""
      return await done("/device/\(id)") {
        if form["forget"] != nil { return try await hub.unpair(id) }
        guard await attempts.mayTry() else {
          throw HubService.Refusal(description: "Too many attempts. Wait a minute.")
        }
        try await hub.pair(id, code: form["code"] ?? "")
      }
    }
    router.post("/devices") { request, _ in
      let form = try await Self.form(request)
      do {
        try await add(form["id"] ?? "", form["name"] ?? "", at: form["address"] ?? "")
        return Answers.redirect("/devices")
      } catch {
        return Answers.html(await pages.devices("\(error)"), status: .badRequest)
      }
    }
    router.post("/sequences") { request, _ in
      let form = try await Self.form(request)
      do {
        try save(form)
        return Answers.redirect("/sequences")
      } catch {
        return Answers.html(try await pages.sequences("\(error)"), status: .badRequest)
      }
    }
    router.post("/schedules") { request, _ in
      let form = try await Self.form(request)
      do {
        try await plan(form)
        return Answers.redirect("/schedules")
      } catch {
        return Answers.html(try await pages.schedules("\(error)"), status: .badRequest)
      }
    }
    router.post("/rain") { request, _ in
      let hours = try await Self.form(request).number("hours", in: 0...72) ?? 0
      try hub.store.set("rainDelay", "\(WallClock.seconds + Int64(hours) * 3600)")
      return Answers.redirect("/schedules")
    }
    router.post("/password") { request, _ in
      let password = try await Self.form(request)["password"] ?? ""
      guard (10...200).contains(password.count) else {
        return Answers.html(
          try await pages.settings("A password has 10 to 200 characters."), status: .badRequest)
      }
      try access.setPassword(password)
      return Answers.redirect("/settings")
    }
    router.post("/tokens") { request, _ in
      let form = try await Self.form(request)
      if let name = form["remove"] {
        try hub.store.removeSecrets(kind: "token", name: name)
        return Answers.redirect("/settings")
      }
      let name = String((form["name"] ?? "").prefix(40))
      let token = try access.make(kind: "token", name: name.isEmpty ? "token" : name, until: .max)
      return Answers.html(try await pages.settings(token: token))
    }
  }

  /// Does something and goes back to a page; what was refused is told.
  private func done(_ place: String, _ body: () async throws -> Void) async -> Response {
    do {
      try await body()
      return Answers.redirect(place)
    } catch {
      return Answers.html(
        Page.page(
          "Not done", at: place,
          "<p class=\"card warn\" role=\"alert\">\("\(error)")</p><p><a href=\"\(place)\">Back</a></p>"
        ),
        status: .conflict)
    }
  }

  func open(_ valve: Int, seconds: Int, on id: String) async throws {
    guard let step = SequenceStep(valve: valve, seconds: seconds),
      let sequence = WateringSequence([step])
    else { return }
    try await hub.begin(sequence, name: "Valve \(Page.letter(valve))", on: id)
  }

  func add(_ id: String, _ name: String, at place: String) async throws {
    guard (1...32).contains(id.utf8.count), id.utf8.allSatisfy({ Self.isIdentifier($0) }),
      let address = Self.address(place)
    else {
      throw HubService.Refusal(
        description:
          "An id is 1 to 32 letters, digits, - and _; an address is one like 10.0.0.5:242.",
        reason: .invalid)
    }
    await hub.add(id: id, name: name, at: address)
  }

  private func save(_ form: Form) throws {
    let id = form["id"].flatMap { Int64($0) }
    if form["remove"] != nil {
      if let id { try hub.store.remove(.sequence, id) }
      return
    }
    let name = String((form["name"] ?? "").prefix(40))
    var steps: [SequenceStep] = []
    for (valve, seconds) in zip(form.all("valve"), form.all("seconds"))
    where !valve.isEmpty && !seconds.isEmpty {
      guard let valve = Int(valve), let seconds = Int(seconds),
        let step = SequenceStep(valve: valve, seconds: seconds)
      else {
        throw HubService.Refusal(
          description: "Step \(steps.count + 1): a step has a valve and 1 to 86,400 seconds.")
      }
      steps.append(step)
    }
    guard !name.isEmpty, let sequence = WateringSequence(steps) else {
      throw HubService.Refusal(
        description: "A sequence has a name and 1 to 64 steps, each with a valve and seconds.")
    }
    try hub.store.save(sequence: id, name: name, sequence)
  }

  private func plan(_ form: Form) async throws {
    if let id = form["id"].flatMap({ Int64($0) }) {
      switch form["do"] {
      case "on": try await hub.setSchedule(id, isEnabled: true)
      case "off": try await hub.setSchedule(id, isEnabled: false)
      default: try hub.store.remove(.schedule, id)
      }
      return
    }
    var days: UInt8 = 0
    for day in form.all("day").compactMap({ Int($0) }) where (0...6).contains(day) {
      days |= 1 << UInt8(day)
    }
    let time = (form["time"] ?? "").split(separator: ":").compactMap { Int($0) }
    guard time.count >= 2, (0...23).contains(time[0]), (0...59).contains(time[1]) else {
      throw HubService.Refusal(description: "A time of day is one like 05:30.")
    }
    try await hub.addSchedule(
      device: form["device"] ?? "", sequence: form["sequence"].flatMap { Int64($0) } ?? 0,
      days: days, minute: 60 * time[0] + time[1])
  }

  private static func change(_ form: Form) -> LightChange {
    var change = LightChange()
    if let state = form["state"] { change.isOn = state == "on" }
    if let color = (form["preset"] ?? form["color"]).flatMap(Self.color) {
      change.color = color
      change.isOn = true
    }
    change.brightness = form.number("brightness", in: 1...255)
    change.effect = form["effect"]
    change.milliseconds = 200
    return change
  }

  static func color(_ text: String) -> [Int]? {
    guard text.utf8.count == 7, text.hasPrefix("#"), let value = Int(text.dropFirst(), radix: 16)
    else { return nil }
    return [value >> 16 & 255, value >> 8 & 255, value & 255]
  }

  private static func isIdentifier(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D: true
    default: false
    }
  }

  private static func address(_ text: String) -> DeviceAddress? {
    let parts = text.split(separator: ":")
    guard (1...2).contains(parts.count), let address = IPv4Address(String(parts[0])) else {
      return nil
    }
    guard let port = parts.count == 2 ? UInt16(parts[1]) : 242, port > 0 else { return nil }
    return DeviceAddress(address, port: port)
  }
}
