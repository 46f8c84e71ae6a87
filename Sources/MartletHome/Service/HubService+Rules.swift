internal import MartletDWN
internal import MartletDevice
public import MartletHub

/// Rules at work, and what people are told.
extension HubService {
  /// How things stand, as far as they may be believed.
  func world() -> RuleWorld {
    let now = self.now
    var states: [String: RuleWorld.State] = [:]
    for device in engine.devices.values {
      var state = RuleWorld.State(isOnline: device.isConnected)
      if case .inputs(let mask) = device.reading(now: now) { state.inputs = mask }
      if device.kind == .presence {
        state.presence =
          switch device.presence.state(now: now) {
          case .away: .away
          case .unproved: .home
          case .proved: .proved
          }
      }
      states[device.id] = state
    }
    let (_, second) = place.zone.local(WallClock.seconds)
    return RuleWorld(devices: states, minute: second / 60)
  }

  /// Looks at what has changed, and does what rules make of it.
  func lookAtRules() {
    let world = world()
    let verdicts = ruleWatch.look(at: world, rules: rules.map(\.rule))
    // What is done may change things; those are looked at anew.
    let concerned = verdicts.map { (rules[$0.index], $0.verdict) }
    for (rule, verdict) in concerned where rule.isEnabled { take(verdict, of: rule) }
  }

  /// What has come of rules by the time of day; decided on the disk before it is done.
  func pollRuleTimes() {
    for (index, stored) in rules.enumerated() {
      guard case .time(let minute) = stored.rule.trigger, stored.isEnabled else { continue }
      var clock = ScheduleClock(decided: stored.decided)
      let schedule = Schedule(.weekly(127), at: .minute(minute))
      let decisions = clock.poll(schedule, now: WallClock.seconds, in: place)
      guard !decisions.isEmpty, (try? store.decide(rule: stored.id, clock.decided)) != nil else {
        continue
      }
      rules[index] = stored.decided(clock.decided)
      for decision in decisions {
        switch decision {
        case .begin: take(RuleWatch.judge(stored.rule, in: world()), of: stored)
        case .missed(_, let seconds):
          take(.held("the hub did not run then; it was \(seconds / 60) min late"), of: stored)
        }
      }
    }
  }

  private func take(_ verdict: RuleWatch.Verdict, of stored: StoredRule) {
    var reason: String?
    switch verdict {
    case .held(let why): reason = why
    case .fires:
      do {
        try perform(stored)
        keep { try store.note(rule: stored.id, firedAt: WallClock.seconds) }
      } catch {
        reason = "\(error)"
      }
    }
    if let reason {
      keep { try store.note(rule: stored.id, heldAt: WallClock.seconds, reason) }
    }
    reloadRules()
    tellWatchers()
  }

  private func perform(_ stored: StoredRule) throws {
    switch stored.rule.action {
    case .stopWater:
      log("A rule stopped all water", "")
      stop()
    case .light(let device, let isOn):
      var light = LightChange()
      light.isOn = isOn
      try change(light, of: device)
      log("A rule switched it \(isOn ? "on" : "off")", device)
    case .run(let device, let sequence):
      guard let named = try store.sequences().first(where: { $0.id == sequence }) else {
        throw Refusal(description: "its sequence was removed")
      }
      if let delay = try store.setting("rainDelay").flatMap({ Int64($0) }),
        delay > WallClock.seconds
      {
        throw Refusal(description: "there was a rain delay")
      }
      try begin(named.sequence, name: named.name, on: device)
    case .notify: notify(stored.message)
    }
  }

  /// What would become of a rule if its trigger came now; nothing is done.
  public func dryRun(_ id: Int64) throws -> String {
    guard let stored = rules.first(where: { $0.id == id }) else {
      throw Refusal(description: "There is no such rule.", reason: .unknown)
    }
    switch RuleWatch.judge(stored.rule, in: world()) {
    case .held(let reason): return "It would not be done now: \(reason)."
    case .fires: break
    }
    switch stored.rule.action {
    case .light(let device, _), .run(let device, _):
      guard engine.devices[device]?.isConnected == true else {
        return "It would be tried now, and fail: \(device) is not connected."
      }
    case .stopWater, .notify: break
    }
    return "It would be done now."
  }

  // MARK: Changes

  func reloadRules() { keep { rules = try store.rules() } }

  /// Adds a rule; its device must be known.
  public func add(_ rule: Rule, message: String) throws {
    if rule.action == .notify, message.isEmpty {
      throw Refusal(description: "Say what people are to be told.", reason: .invalid)
    }
    guard rules.count < 200 else {
      throw Refusal(description: "There are 200 rules; remove some.")
    }
    try store.add(rule: rule, message: String(message.prefix(200)), decided: decided(rule))
    reloadRules()
  }

  /// Puts a rule in force, or out of it. What lies before now was never meant.
  public func setRule(_ id: Int64, isEnabled: Bool) throws {
    guard let stored = rules.first(where: { $0.id == id }) else {
      throw Refusal(description: "There is no such rule.", reason: .unknown)
    }
    try store.setRule(id, isEnabled: isEnabled, decided: decided(stored.rule))
    reloadRules()
  }

  /// Removes a rule.
  public func removeRule(_ id: Int64) throws {
    try store.remove(.rule, id)
    reloadRules()
  }

  private func decided(_ rule: Rule) -> CivilDate {
    guard case .time(let minute) = rule.trigger else { return CivilDate(number: 0) }
    let schedule = Schedule(.weekly(127), at: .minute(minute))
    return ScheduleClock(for: schedule, now: WallClock.seconds, in: place).decided
  }

  /// Lets go of a notice: somebody knows.
  public func dismiss(notice id: Int64) throws {
    try store.remove(.notice, id)
    tellWatchers()
  }

  // MARK: People

  /// Tells people: on every page, in the log, and by the webhooks.
  func notify(_ text: String, of device: String = "") {
    keep { try store.add(notice: text, now: WallClock.seconds) }
    log(text, device)
    tellWatchers()
    let hooks = (try? store.webhooks()) ?? []
    guard !hooks.isEmpty else { return }
    let body =
      "{\"time\":\(WallClock.seconds),\"device\":\(JSONText.quoted(device)),"
      + "\"text\":\(JSONText.quoted(text))}"
    for hook in hooks { Task { await self.send(body, to: hook) } }
  }

  /// Three attempts; a hook that takes none of them is logged.
  private func send(_ body: String, to hook: String) async {
    guard sendingCount < 64, var call = HTTPCall(url: hook) else {
      return log("Webhook \(hook) was left out: too many are under way", "")
    }
    sendingCount += 1
    defer { sendingCount -= 1 }
    call.method = "POST"
    call.fields = [(name: "Content-Type", value: "application/json")]
    call.body = Array(body.utf8)
    var problem = ""
    for attempt in 0..<3 {
      do {
        let answer = try await call.perform(within: .seconds(5))
        if (200..<300).contains(answer.status) { return }
        problem = "it answered \(answer.status)"
      } catch {
        problem = "\(error)"
      }
      try? await Task.sleep(for: .seconds(1 << (2 * attempt)))
    }
    log("Webhook \(hook) was not told: \(problem)", "")
  }
}

extension StoredRule {
  fileprivate func decided(_ date: CivilDate) -> StoredRule {
    StoredRule(
      id: id, rule: rule, message: message, isEnabled: isEnabled, decided: date, fired: fired,
      held: held)
  }
}
