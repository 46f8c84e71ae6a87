internal import MartletHub

/// Sequences and schedules.
extension Pages {
  func sequences(_ problem: String? = nil) async throws -> HTML {
    let all = try hub.store.sequences()
    let cards = all.map { named -> HTML in
      "<section class=\"card\"><h2>\(named.name)</h2>\(summary(named.sequence))\(editor(named))</section>"
    }
    return Page.page(
      "Sequences", at: "/sequences",
      """
      \(warning(problem))\(cards)
      <section class="card"><h2>New sequence</h2>\(editor(nil))</section>
      """)
  }

  func warning(_ problem: String?) -> HTML {
    problem.map { "<p class=\"card warn\" role=\"alert\">\($0)</p>" } ?? ""
  }

  private func summary(_ sequence: WateringSequence) -> HTML {
    let steps = sequence.steps.map { "\(Page.letter($0.valve)) \(Page.duration($0.seconds))" }
    let split: HTML =
      sequence.parts.count > sequence.steps.count
      ? "<p class=\"soft\">A step of more than 30 minutes is given in parts.</p>" : ""
    return """
      <p>\(steps.joined(separator: ", then ")) · together \
      \(Page.duration(sequence.totalSeconds)) · <code>\(sequence.text)</code></p>\(split)
      """
  }

  private func editor(_ named: StoredSequence?) -> HTML {
    let steps = named?.sequence.steps ?? []
    let rows = (0..<min(64, steps.count + (named == nil ? 4 : 2))).map { index -> HTML in
      let step = index < steps.count ? steps[index] : nil
      let options = (0..<4).map { valve -> HTML in
        let mark: HTML = step?.valve == valve ? " selected" : ""
        return "<option value=\"\(valve)\"\(mark)>\(Page.letter(valve))</option>"
      }
      let seconds = step.map { "\($0.seconds)" } ?? ""
      return """
        <div class="row"><label><span>Step \(index + 1): valve</span><select name="valve">\
        <option value="">none</option>\(options)</select></label>
        <label><span>seconds</span><input type="number" name="seconds" min="1" max="86400" \
        value="\(seconds)"></label></div>
        """
    }
    let id = named.map { "\($0.id)" } ?? ""
    let remove: HTML =
      named == nil
      ? "" : "<button name=\"remove\" value=\"1\" formnovalidate>Remove</button>"
    return """
      <form method="post" action="/sequences"><input type="hidden" name="id" value="\(id)">
      <label><span>Name</span><input name="name" maxlength="40" required \
      value="\(named?.name ?? "")"></label><fieldset><legend>Steps, in order</legend>\(rows)</fieldset>
      <div class="row"><button class="main">Save</button>\(remove)</div></form>
      """
  }

  func schedules(_ problem: String? = nil) async throws -> HTML {
    let sequences = try hub.store.sequences()
    let gardens = await hub.views().filter { $0.kind == .irrigation }
    var cards: [HTML] = []
    for stored in try hub.store.schedules() {
      let name = sequences.first { $0.id == stored.sequence }?.name ?? "?"
      cards.append(await card(stored, name, gardens))
    }
    let delay = try hub.store.setting("rainDelay").flatMap { Int64($0) } ?? 0
    let rain: HTML =
      delay > WallClock.seconds
      ? "<p>Nothing begins by itself until \(await moment(delay)).</p>"
      : "<p class=\"soft\">None.</p>"
    let names = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let days = (0..<7).map { day -> HTML in
      "<label><input type=\"checkbox\" name=\"day\" value=\"\(day)\"> \(names[day])</label>"
    }
    let form: HTML =
      sequences.isEmpty || gardens.isEmpty
      ? "<p>A schedule needs a controller and a <a href=\"/sequences\">sequence</a> first.</p>"
      : """
      <form method="post" action="/schedules"><div class="row"><label><span>Controller</span>\
      <select name="device">\(gardens.map { "<option value=\"\($0.id)\">\($0.title)</option>" as HTML })</select></label>
      <label><span>Sequence</span><select name="sequence">\
      \(sequences.map { "<option value=\"\($0.id)\">\($0.name)</option>" as HTML })</select></label>
      <label><span>At</span><input type="time" name="time" value="05:30" required></label></div>
      <fieldset><legend>On</legend><div class="days">\(days)</div></fieldset>
      <button class="main">Add schedule</button></form>
      """
    return Page.page(
      "Schedules", at: "/schedules",
      """
      \(warning(problem))\(cards)<section class="card"><h2>New schedule</h2>\(form)</section>
      <section class="card"><h2>Rain delay</h2>\(rain)<form method="post" action="/rain"><div class="row">
      <button name="hours" value="24">24 h</button><button name="hours" value="48">48 h</button>
      <button name="hours" value="72">72 h</button><button name="hours" value="0">End it</button></div>
      </form></section>
      """)
  }

  private func card(
    _ stored: StoredSchedule, _ name: String, _ gardens: [DeviceView]
  ) async -> HTML {
    var times: [HTML] = []
    for next in await hub.next(stored.schedule) {
      times.append("<li>\(await moment(next.instant))</li>")
    }
    let title = gardens.first { $0.id == stored.device }?.title ?? stored.device
    let change: HTML = stored.schedule.isEnabled ? "Switch off" : "Switch on"
    let value: HTML = stored.schedule.isEnabled ? "off" : "on"
    let list: HTML = times.isEmpty ? "<p>Switched off.</p>" : "<ol>\(times)</ol>"
    return """
      <section class="card"><h2>\(name) · \(title)</h2><p>\(Self.summary(stored.schedule))</p>\(list)
      <form method="post" action="/schedules"><input type="hidden" name="id" value="\(stored.id)">
      <div class="row"><button name="do" value="\(value)">\(change)</button>
      <button name="do" value="remove">Remove</button></div></form></section>
      """
  }

  static func summary(_ schedule: Schedule) -> String {
    guard case .weekly(let mask) = schedule.days, case .minute(let minute) = schedule.time else {
      return ""
    }
    let names = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let days = (0..<7).filter { mask >> UInt8($0) & 1 == 1 }.map { names[$0] }
    return (mask == 127 ? "Every day" : days.joined(separator: ", ")) + " at \(time(minute))"
  }
}
