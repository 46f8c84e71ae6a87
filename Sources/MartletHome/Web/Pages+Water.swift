internal import MartletDWN
internal import MartletHub

/// The pages about water.
struct Pages: Sendable {
  let hub: HubService

  // MARK: Home

  func home() async throws -> HTML {
    let devices = await hub.views()
    let gardens = devices.filter { $0.kind == .irrigation }
    let others = devices.filter { $0.kind != .irrigation && $0.kind != .unknown }
    let empty: HTML =
      devices.isEmpty
      ? """
      <p class="card" id="empty" data-live>No device has been heard yet. Nodes announce themselves \
      every five seconds; one that stays away can be added by its address under \
      <a href="/devices">Devices</a>.</p>
      """ : ""
    return Page.page(
      "Home", at: "/",
      """
      <div id="faults" data-live aria-live="assertive">\(devices.compactMap(fault))\(try await notices())</div>
      <div id="running" data-live data-list="\(ids(gardens))" aria-live="polite">\(gardens.map(running))</div>
      \(empty)<div class="grid" id="tiles" data-list="\(ids(others))">\(others.map(tile))</div>
      <section id="next" data-live>\(try await nextRun())</section>
      """)
  }

  private func fault(_ device: DeviceView) -> HTML? {
    if device.doesNotClose {
      return """
        <p class="card warn"><strong>\(device.title) was told to close and does not report it.</strong> \
        Look at the valves, and close the tap if water runs.</p>
        """
    }
    if let rival = device.rival {
      return """
        <p class="card warn"><strong>Two nodes claim to be \(device.id):</strong> \(device.address) \
        and \(rival). The connected one is kept.</p>
        """
    }
    if device.kind == .alarm, device.standing == .offline {
      return """
        <p class="card warn"><strong>\(device.title) is silent</strong> since \
        \(Page.ago(device.lastHeard)): it would not report an alarm.</p>
        """
    }
    return nil
  }

  private func running(_ device: DeviceView) -> HTML {
    let active: HTML = device.isWatering ? " on" : ""
    return """
      <section class="card\(active)"><header><h2>\(device.title)</h2>\(Page.standing(device))</header>
      \(state(device))\(controls(device))
      <p><a class="button" href="/water">Open a valve</a></p></section>
      """
  }

  private func tile(_ device: DeviceView) -> HTML {
    let text: HTML
    switch (device.kind, device.reading) {
    case (.light, .light(let light)):
      text = """
        <svg class="swatch" viewBox="0 0 10 2" preserveAspectRatio="none" aria-hidden="true">\
        <rect width="10" height="2" fill="\(light.isOn ? light.hex : "#000000")"/></svg>
        <p class="state">\(light.isOn ? "On, \(light.hex)" : "Off")</p>
        """
    case (.alarm, .inputs): text = "<p class=\"state\">\(device.reading.words)</p>"
    case (.presence, _):
      let word =
        switch device.presence {
        case .proved: "Home"
        case .unproved: "Home (unproven)"
        case .away: "Away"
        }
      text = "<p class=\"state\">\(word)</p>"
    default:
      text =
        "<p class=\"state\">Unknown</p><p class=\"soft\">last heard \(Page.ago(device.lastHeard))</p>"
    }
    return """
      <section class="card" id="tile-\(device.id)" data-live><header><h2>\(device.title)</h2>\
      \(Page.standing(device))</header>\(text)</section>
      """
  }

  private func nextRun() async throws -> HTML {
    var best: (instant: Int64, name: String)?
    let names = try hub.store.sequences()
    for stored in try hub.store.schedules() {
      guard let due = await hub.next(stored.schedule).first?.instant else { continue }
      if best.map({ due < $0.instant }) ?? true {
        best = (due, names.first { $0.id == stored.sequence }?.name ?? "")
      }
    }
    guard let best else {
      return "<p class=\"soft\">Nothing is planned. <a href=\"/schedules\">Plan watering</a></p>"
    }
    return "<p>Next: <strong>\(best.name)</strong>, \(await moment(best.instant))</p>"
  }

  /// Which devices a part of a page shows: when that changes, the whole part is exchanged.
  func ids(_ devices: [DeviceView]) -> String { devices.map(\.id).joined(separator: " ") }

  // MARK: Valves

  /// How a controller stands, in words; never by colour alone.
  func state(_ device: DeviceView) -> HTML {
    guard case .valves(let mask) = device.reading else {
      return """
        <p class="state">Unknown</p><p class="soft">Nothing was heard since \
        \(Page.ago(device.last?.time ?? device.lastHeard)). A valve that was open closes by itself \
        within 30 minutes.</p>
        """
    }
    if let run = device.run {
      var text: HTML = "<p class=\"state\">\(run.state)"
      if mask != 0 { text.text += " · valve \(Page.letter(mask.trailingZeroBitCount))" }
      if let until = run.until, mask != 0 {
        let left = (until - WallClock.milliseconds) / 1000
        let whole = run.sequence.steps[run.step].seconds
        text.text += " · <span data-until=\"\(until)\">\(Page.clock(left))</span> left</p>"
        let bar: HTML = """
          <progress max="\(whole)" value="\(max(0, left))" data-until="\(until)" \
          aria-label="Time left in this step"></progress>
          """
        text.text += bar.text
      } else {
        text.text += "</p>"
      }
      return "\(text)<p class=\"soft\">Step \(run.step + 1) of \(run.sequence.steps.count)</p>"
    }
    if device.isStopping, mask != 0 { return "<p class=\"state\">Stopping</p>" }
    if mask == 0 { return "<p class=\"state\">All valves closed</p>" }
    return """
      <p class="state">Valve \(Page.letter(mask.trailingZeroBitCount)) is open</p>
      <p class="soft">Somebody else opened it; the node closes it in time.</p>
      """
  }

  /// What can be done with a run.
  func controls(_ device: DeviceView) -> HTML {
    guard let run = device.run else { return "" }
    let pause: HTML = run.isPaused ? "Resume" : "Pause"
    let wish: HTML = run.isPaused ? "resume" : "pause"
    return Page.post(
      "/device/\(device.id)/run",
      """
      <div class="row"><button name="wish" value="\(wish)" data-key="p\(device.id)">\(pause)</button>
      <button name="wish" value="skip" data-key="k\(device.id)">Skip step</button>
      <button name="wish" value="stop" data-key="s\(device.id)">Stop</button></div>
      """)
  }

  func water() async throws -> HTML {
    let gardens = await hub.views().filter { $0.kind == .irrigation }
    let sequences = try hub.store.sequences()
    let parts = gardens.map { device -> HTML in
      let choices = sequences.map { named -> HTML in
        """
        <button name="sequence" value="\(named.id)" data-key="q\(named.id)">\(named.name) · \
        \(Page.duration(named.sequence.totalSeconds))</button>
        """
      }
      let runs: HTML =
        choices.isEmpty
        ? ""
        : Page.post(
          "/device/\(device.id)/sequence",
          "<h3>Run a sequence</h3><div class=\"row\">\(choices)</div>")
      let active: HTML = device.isWatering ? " on" : ""
      return """
        <section aria-label="\(device.title)"><div class="card\(active)" id="garden-\(device.id)" data-live \
        aria-live="polite"><header><h2>\(device.title)</h2>\(Page.standing(device))</header>\
        \(state(device))\(controls(device))</div>
        <div class="grid">\((0..<4).map { valve($0, of: device) })</div>\(runs)</section>
        """
    }
    let empty: HTML =
      gardens.isEmpty ? "<p class=\"card\">No irrigation controller was heard yet.</p>" : ""
    return Page.page(
      "Water", at: "/water",
      "<div id=\"gardens\" data-list=\"\(ids(gardens))\">\(empty)\(parts)</div>")
  }

  private func valve(_ valve: Int, of device: DeviceView) -> HTML {
    let letter = Page.letter(valve)
    let word: HTML
    var active: HTML = ""
    switch device.reading {
    case .valves(let mask) where mask >> UInt8(valve) & 1 == 1:
      active = " on"
      if let until = device.run?.until {
        let left = (until - WallClock.milliseconds) / 1000
        word = "Open · <span data-until=\"\(until)\">\(Page.clock(left))</span> left"
      } else {
        word = "Open"
      }
    case .valves: word = "Closed"
    default: word = "Unknown since \(Page.ago(device.last?.time ?? device.lastHeard))"
    }
    let quick = [1, 5, 10, 15].map { minutes -> HTML in
      """
      <button name="minutes" value="\(minutes)" data-key="v\(valve)-\(minutes)" \
      aria-label="Open valve \(letter) for \(minutes) minutes">\(minutes) min</button>
      """
    }
    return """
      <section class="card\(active)" id="valve-\(device.id)-\(letter)" data-live><h2>Valve \(letter)</h2>
      <p class="state">\(word)</p>
      \(Page.post("/device/\(device.id)/open", "<input type=\"hidden\" name=\"valve\" value=\"\(valve)\"><div class=\"row\">\(quick)</div>"))
      \(Page.post("/device/\(device.id)/open", "<input type=\"hidden\" name=\"valve\" value=\"\(valve)\"><div class=\"row\"><label><span>Other time, 1 to 30 min</span><input type=\"number\" name=\"minutes\" min=\"1\" max=\"30\" value=\"20\" required></label><button data-key=\"o\(valve)\">Open</button></div>"))
      </section>
      """
  }

  // MARK: Times

  func moment(_ instant: Int64) async -> String {
    let (date, second) = await hub.local(instant)
    let names = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    return "\(names[date.weekday]) \(Self.text(date)) \(Self.time(second / 60))"
  }

  static func text(_ date: CivilDate) -> String {
    let (year, month, day) = date.parts
    return "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
  }

  static func time(_ minute: Int) -> String {
    "\(minute / 60 < 10 ? "0" : "")\(minute / 60):\(minute % 60 < 10 ? "0" : "")\(minute % 60)"
  }
}
