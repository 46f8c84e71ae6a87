internal import MartletHub

/// Rules, as sentences.
extension Pages {
  func rules(_ problem: String? = nil, dryRun: (id: Int64, text: String)? = nil) async throws
    -> HTML
  {
    let devices = await hub.views()
    let sequences = try hub.store.sequences()
    let words = RuleWords(devices: devices, sequences: sequences)
    var cards: [HTML] = []
    // Beside what is live, or the next change would wipe it away.
    var said: HTML = ""
    for stored in try hub.store.rules() {
      cards.append(await card(stored, words))
      guard let dryRun, dryRun.id == stored.id else { continue }
      said = """
        <section class="card" role="status"><p>\(Self.sentence(stored, words))</p>\
        <p><strong>\(dryRun.text)</strong></p></section>
        """
    }
    let empty: HTML =
      cards.isEmpty
      ? """
      <p class="card">No rule yet. One is a sentence: when something happens, if things are so, then \
      something is done.</p>
      """ : ""
    return Page.page(
      "Rules", at: "/rules",
      """
      \(warning(problem))\(said)<div id="rules" data-live>\(empty)\(cards)</div>
      <section class="card"><h2>New rule</h2>\(form(devices, sequences))</section>
      """)
  }

  private func card(_ stored: StoredRule, _ words: RuleWords) async -> HTML {
    var fired: HTML = "never"
    if let time = stored.fired { fired = "\(await moment(time))" }
    var held: HTML = ""
    if let (time, reason) = stored.held {
      held = "<p class=\"soft\">Not done \(await moment(time)): \(reason).</p>"
    }
    let change: HTML = stored.isEnabled ? "Switch off" : "Switch on"
    let value: HTML = stored.isEnabled ? "off" : "on"
    let off: HTML = stored.isEnabled ? "" : "<p><span class=\"tag bad\">switched off</span></p>"
    return """
      <section class="card" aria-label="Rule"><p>\(Self.sentence(stored, words))</p>\(off)
      <p class="soft">Done last: \(fired).</p>\(held)
      <form method="post" action="/rules"><input type="hidden" name="id" value="\(stored.id)">
      <div class="row"><button name="do" value="try">Dry run</button>
      <button name="do" value="\(value)">\(change)</button>
      <button name="do" value="remove">Remove</button></div></form></section>
      """
  }

  private static func sentence(_ stored: StoredRule, _ words: RuleWords) -> HTML {
    let condition: HTML =
      stored.rule.condition.map { " <br><strong>if</strong> \(words.text($0))," } ?? ","
    let message: HTML = stored.rule.action == .notify ? ": “\(stored.message)”" : ""
    return """
      <strong>When</strong> \(words.text(stored.rule.trigger))\(condition) <br>\
      <strong>then</strong> \(words.text(stored.rule.action))\(message).
      """
  }

  // MARK: The form

  private func form(_ devices: [DeviceView], _ sequences: [StoredSequence]) -> HTML {
    let words = RuleWords(devices: devices, sequences: sequences)
    let triggers = words.triggers.map { Self.option($0.text, words.text($0)) }
    let conditions = words.conditions.map { Self.option($0.text, words.text($0)) }
    let actions = words.actions.map { Self.option($0.text, words.text($0)) }
    return """
      <form method="post" action="/rules"><label><span>When</span><select name="when">\(triggers)\
      <option value="time">it is this time of day:</option></select></label>
      <label><span>Time, for a rule by the time of day</span><input type="time" name="time"></label>
      <label><span>If</span><select name="if"><option value="">always</option>\(conditions)\
      <option value="between">it is between:</option></select></label>
      <div class="row"><label><span>From</span><input type="time" name="from"></label>
      <label><span>to</span><input type="time" name="to"></label></div>
      <label><span>Then</span><select name="then">\(actions)</select></label>
      <label><span>What people are told</span><input name="message" maxlength="200"></label>
      <p class="soft">Anyone on the network can fake that somebody is home; “proved” cannot be faked.</p>
      <button class="main">Add rule</button></form>
      """
  }

  private static func option(_ value: String, _ text: String) -> HTML {
    "<option value=\"\(value)\">\(text)</option>"
  }

  // MARK: What people are to know

  /// Notices, each until somebody has said that it is known.
  func notices() async throws -> HTML {
    var parts: [HTML] = []
    for notice in try hub.store.notices().prefix(5) {
      parts.append(
        """
        <div class="card warn"><p><strong>\(notice.text)</strong> <span class="soft">\
        \(await moment(notice.time))</span></p>\(Page.post("/notices", "<input type=\"hidden\" name=\"id\" value=\"\(notice.id)\"><button data-key=\"n\(notice.id)\">Seen</button>"))</div>
        """)
    }
    return HTML(parts)
  }
}
