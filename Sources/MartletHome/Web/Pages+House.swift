internal import MartletHub

/// Lights, devices, history and settings.
extension Pages {
  func lights() async -> HTML {
    let lights = await hub.views().filter { $0.kind == .light }
    let empty: HTML = lights.isEmpty ? "<p class=\"card\">No light was heard yet.</p>" : ""
    return Page.page(
      "Lights", at: "/lights",
      """
      <div id="lights" data-list="\(ids(lights))">\(empty)<div class="grid">\(lights.map(light))</div></div>
      """)
  }

  private func light(_ device: DeviceView) -> HTML {
    guard case .light(let light) = device.reading else {
      return """
        <section class="card" id="light-\(device.id)" data-live><header><h2>\(device.title)</h2>\
        \(Page.standing(device))</header><p class="state">Unknown</p></section>
        """
    }
    let presets = [
      ("Warm", "#ffb060"), ("White", "#ffffff"), ("Red", "#ff2010"), ("Blue", "#2060ff"),
    ]
    let buttons = presets.map { name, color -> HTML in
      "<button name=\"preset\" value=\"\(color)\" data-key=\"\(name)\">\(name)</button>"
    }
    let effects = ["none", "fade", "breathe", "sunrise"].map { effect -> HTML in
      let mark: HTML = effect == light.effect ? " selected" : ""
      return "<option\(mark)>\(effect)</option>"
    }
    let action = "/device/\(device.id)/light"
    return """
      <section class="card" id="light-\(device.id)" data-live aria-live="polite"><header>\
      <h2>\(device.title)</h2>\(Page.standing(device))</header>
      <svg class="swatch" viewBox="0 0 10 2" preserveAspectRatio="none" aria-hidden="true">\
      <rect width="10" height="2" fill="\(light.isOn ? light.hex : "#000000")"/></svg>
      <p class="state">\(light.isOn ? "On" : "Off") · \(light.hex)</p>
      \(Page.post(action, "<div class=\"row\"><button class=\"main\" name=\"state\" value=\"on\" data-key=\"on\">On</button><button name=\"state\" value=\"off\" data-key=\"off\">Off</button>\(buttons)</div>"))
      <form method="post" action="\(action)" data-quick data-slide>
      <label><span>Colour</span><input type="color" name="color" value="\(light.hex)"></label>
      <label><span>Brightness</span><input type="range" name="brightness" min="1" max="255" \
      value="\(light.brightness)"></label>
      <label><span>Effect</span><select name="effect">\(effects)</select></label>
      <p><button data-key="set">Set</button></p></form></section>
      """
  }

  // MARK: Devices

  func devices(_ problem: String? = nil) async -> HTML {
    let devices = await hub.views()
    let rows = devices.map { device -> HTML in
      let lock = Self.lock(device)
      return """
        <li class="card"><header><h2><a href="/device/\(device.id)">\(device.title)</a></h2>\
        \(Page.standing(device))</header><p>\(device.name) · \(device.id) · \(device.address)</p>
        <p class="soft">\(lock) · heard \(Page.ago(device.lastHeard)) · connections: \
        \(device.connectCount), faults: \(device.faultCount)</p></li>
        """
    }
    let counters = await hub.counters
    return Page.page(
      "Devices", at: "/devices",
      """
      \(warning(problem))<div id="devices" data-live><ul class="grid" role="list">\(rows)</ul>
      <p class="soft">\(counters.adverts) adverts heard, \(counters.badAdverts) that were none, \
      \(counters.rivals) from a second claimant, \(counters.forgotten) strangers forgotten.</p></div>
      <section class="card"><h2>Add by address</h2><p class="soft">For a node in another network, \
      whose adverts do not come here.</p><form method="post" action="/devices"><div class="row">
      <label><span>Id</span><input name="id" required maxlength="32"></label>
      <label><span>Address</span><input name="address" required placeholder="10.0.0.5:242"></label>
      <label><span>Kind</span><select name="name"><option value="IRRIGATION_CONTROLLER">valves</option>
      <option value="DWN LED STRIP">light</option><option value="ESP8266 ALARM PGM">alarm</option>
      </select></label><button class="main">Add</button></div></form></section>
      """)
  }

  func device(_ id: String) async throws -> HTML? {
    guard let device = await hub.views().first(where: { $0.id == id }) else { return nil }
    var rows: [HTML] = []
    for event in try hub.store.events(limit: 50, device: id) {
      rows.append("<tr><td>\(await moment(event.time))</td><td>\(event.text)</td></tr>")
    }
    let last: String =
      device.last.map { "\($0.reading.words), \(Page.ago($0.time))" } ?? "nothing"
    let valves: HTML = device.kind == .irrigation ? "\(state(device))\(controls(device))" : ""
    return Page.page(
      device.title, at: "/devices",
      """
      <section class="card" id="device" data-live><header><h2>\(device.name)</h2>\
      \(Page.standing(device))</header>\(valves)<p>Id \(device.id), address \(device.address), firmware \
      \(device.firmware.isEmpty ? "not said" : device.firmware)</p>
      <p>\(Self.lock(device))</p>
      <p class="soft">Said last: \(last)</p></section>
      \(pairing(device))
      <section class="card"><h2>Name</h2><form method="post" action="/device/\(id)/label"><div class="row">
      <label><span>What you call it</span><input name="label" maxlength="40" value="\(device.label)"></label>
      <button class="main">Save</button></div></form></section>
      <section class="card"><h2>Log</h2><div class="scroll" tabindex="0" role="region" aria-label="Log">\
      <table><thead><tr><th scope="col">When</th><th scope="col">What</th></tr></thead>\
      <tbody>\(rows)</tbody></table></div></section>
      """)
  }

  /// Whom a device obeys, in words.
  static func lock(_ device: DeviceView) -> HTML {
    if device.isProved { return "paired: it has proved who it is" }
    if device.isPaired { return "paired, and not connected at the moment" }
    if device.needsPairing {
      return "not paired with this hub: it obeys only the hub it is paired with"
    }
    return "not paired: anyone on its network can command it"
  }

  private func pairing(_ device: DeviceView) -> HTML {
    let forget: HTML =
      device.isPaired
      ? """
      <p>Paired with this hub. It obeys no other.</p>\(Page.post("/device/\(device.id)/pair", quick: false, "<button name=\"forget\" value=\"1\" formnovalidate>Forget the pairing</button>"))
      """ : ""
    let title: HTML = device.isPaired ? "Pair anew" : "Pair"
    return """
      <section class="card" id="pairing"><h2>\(title)</h2>\(forget)
      <p class="soft">Open the pairing window at the node: its button, or \
      <code>martlet node pair</code>. It shows a code, which never crosses the network.</p>
      <form method="post" action="/device/\(device.id)/pair"><div class="row">
      <label><span>Code, 16 letters and digits</span><input name="code" required maxlength="40" \
      autocomplete="off" autocapitalize="characters" spellcheck="false" class="code" \
      placeholder="XXXX-XXXX-XXXX-XXXX"></label><button class="main">Pair</button></div></form></section>
      """
  }

  // MARK: History

  func history() async throws -> HTML {
    let today = await hub.local(WallClock.seconds).date
    let runs = try hub.store.runs(since: WallClock.seconds - 14 * 86_400)
    var sums: [Int: Int] = [:]
    var rows: [HTML] = []
    for run in runs {
      let (date, _) = await hub.local(run.began)
      let seconds = Int(max(0, (run.ended ?? WallClock.seconds) - run.began))
      sums[date.number, default: 0] += seconds
      rows.append(
        """
        <tr><td>\(await moment(run.began))</td><td>\(run.name)</td><td><code>\(run.text)</code></td>\
        <td>\(Page.duration(seconds))</td><td>\(run.outcome ?? "running")</td></tr>
        """)
    }
    let highest = max(60, sums.values.max() ?? 0)
    let bars = (0..<14).map { index -> HTML in
      let date = today.adding(index - 13)
      let seconds = sums[date.number] ?? 0
      let height = seconds * 130 / highest
      return """
        <g><title>\(Self.text(date)): \(Page.duration(seconds))</title>\
        <rect class="v0" x="\(index * 42 + 6)" y="\(140 - height)" width="30" height="\(height)" rx="4"/>\
        <text x="\(index * 42 + 21)" y="158" text-anchor="middle">\(date.parts.day)</text></g>
        """
    }
    let online = try await timeline("Online", .online) { $0 == 0 ? "offline" : "online" }
    let inputs = try await timeline("Inputs", .inputs) { mask in
      mask == 0
        ? "quiet"
        : (0..<8).filter { mask >> $0 & 1 == 1 }.map { "input \($0 + 1) active" }
          .joined(separator: ", ")
    }
    return Page.page(
      "History", at: "/history",
      """
      <section class="card"><h2>Watering, the last 14 days</h2><div class="scroll latest" tabindex="0" role="region" aria-label="Minutes of watering a day">\
      <svg viewBox="0 0 600 165" class="wide" role="img" \
      aria-label="Minutes of watering a day; the table below has the figures">\(bars)</svg></div>
      <p class="soft">The highest bar is \(Page.duration(highest)).</p></section>
      <section class="card"><div class="scroll" tabindex="0" role="region" aria-label="Runs"><table>\
      <thead><tr><th scope="col">Began</th><th scope="col">What</th><th scope="col">Steps</th>\
      <th scope="col">Time</th><th scope="col">End</th></tr></thead><tbody>\(rows)</tbody></table></div>
      <p><a href="/history.csv">As CSV</a></p></section>
      \(online)\(inputs)<p><a href="/samples.csv">What devices were, as CSV</a></p>
      """)
  }

  func historyCSV() throws -> String {
    var text = "began_utc,ended_utc,device,name,steps,outcome\r\n"
    for run in try hub.store.runs(since: 0, limit: 100_000) {
      // A name that a spreadsheet would take for a formula is not one.
      var name = run.name.replacing("\"", with: "\"\"")
      if let first = name.first, "=+-@\t\r".contains(first) { name = "'" + name }
      text += "\(run.began),\(run.ended.map { "\($0)" } ?? ""),\(run.device),\"\(name)\","
      text += "\"\(run.text)\",\(run.outcome ?? "")\r\n"
    }
    return text
  }

  // MARK: Settings

  func settings(_ problem: String? = nil, token: String? = nil) async throws -> HTML {
    let access = Access(store: hub.store)
    let tokens = try hub.store.secretNames(kind: "token").map { name -> HTML in
      """
      <li><form method="post" action="/tokens"><input type="hidden" name="remove" value="\(name)">\
      <div class="row"><span>\(name)</span><button>Remove</button></div></form></li>
      """
    }
    let fresh: HTML =
      token.map {
        "<p class=\"card\" role=\"status\">The token, shown this once: <code>\($0)</code></p>"
      }
      ?? ""
    let hooks = try hub.store.webhooks().map { url -> HTML in
      """
      <li><form method="post" action="/webhooks"><input type="hidden" name="remove" value="\(url)">\
      <div class="row"><span>\(url)</span><button>Remove</button></div></form></li>
      """
    }
    return Page.page(
      "Settings", at: "/settings",
      """
      \(warning(problem))<section class="card"><h2>Password</h2>
      <p>\(access.hasPassword ? "There is one." : "There is none: who has the terminal's link signs in.")</p>
      <form method="post" action="/password"><div class="row"><label><span>New password, 10 characters or \
      more</span><input type="password" name="password" minlength="10" maxlength="200" required \
      autocomplete="new-password"></label><button class="main">Set</button></div></form></section>
      <section class="card"><h2>API tokens</h2><p class="soft">For programs: \
      <code>Authorization: Bearer …</code>. <a href="/api/v1/openapi.json">What the API can do</a></p>
      \(fresh)<ul>\(tokens)</ul><form method="post" action="/tokens"><div class="row"><label><span>Name</span>\
      <input name="name" maxlength="40" required></label><button class="main">Make a token</button></div>\
      </form></section>
      <section class="card"><h2>Webhooks</h2><p class="soft">What people are told is told here, too: an \
      object with <code>time</code>, <code>device</code> and <code>text</code>, by POST.</p><ul>\(hooks)</ul>\
      <form method="post" action="/webhooks"><div class="row"><label><span>Address</span>\
      <input name="url" maxlength="500" required placeholder="http://10.0.0.5:8000/hook"></label>\
      <button class="main">Add webhook</button></div></form></section>
      <section class="card"><h2>Sign out</h2><form method="post" action="/logout"><button>Sign out</button>\
      </form></section>
      """)
  }
}
