internal import HTTPTypes
internal import Hummingbird
internal import MartletHub

/// What pages send about rules, notices and webhooks.
extension HubWeb {
  func addRules(to router: Router<BasicRequestContext>) {
    let pages = Pages(hub: hub)
    router.get("/rules") { _, _ in Answers.html(try await pages.rules()) }
    router.post("/rules") { request, _ in
      let form = try await Self.form(request)
      do {
        guard let id = form["id"].flatMap({ Int64($0) }) else {
          try await hub.add(Self.rule(form), message: form["message"] ?? "")
          return Answers.redirect("/rules")
        }
        switch form["do"] {
        case "on": try await hub.setRule(id, isEnabled: true)
        case "off": try await hub.setRule(id, isEnabled: false)
        case "remove": try await hub.removeRule(id)
        default: return Answers.html(try await pages.rules(dryRun: (id, hub.dryRun(id))))
        }
        return Answers.redirect("/rules")
      } catch {
        return Answers.html(try await pages.rules("\(error)"), status: .badRequest)
      }
    }
    router.post("/notices") { request, _ in
      let form = try await Self.form(request)
      if let id = form["id"].flatMap({ Int64($0) }) { try await hub.dismiss(notice: id) }
      return Answers.redirect("/")
    }
    router.post("/webhooks") { request, _ in
      let form = try await Self.form(request)
      if let url = form["remove"] {
        try hub.store.remove(webhook: url)
        return Answers.redirect("/settings")
      }
      let url = form["url"] ?? ""
      guard url.utf8.count <= 500, HTTPCall(url: url) != nil else {
        return Answers.html(
          try await pages.settings(
            "A webhook is an address like http://10.0.0.5:8000/path; https is not built in."),
          status: .badRequest)
      }
      guard try hub.store.webhooks().count < 16 else {
        return Answers.html(
          try await pages.settings("There are 16 webhooks; remove one."), status: .badRequest)
      }
      try hub.store.add(webhook: url)
      return Answers.redirect("/settings")
    }
  }

  private static func rule(_ form: Form) throws -> Rule {
    let when = form["when"] ?? ""
    let trigger =
      when == "time"
      ? minute(form["time"]).map { Rule.Trigger.time(minute: $0) } : Rule.Trigger(when)
    guard let trigger else {
      throw HubService.Refusal(
        description: "When: choose what is to happen; a time of day is one like 05:30.",
        reason: .invalid)
    }
    guard let action = Rule.Action(form["then"] ?? "") else {
      throw HubService.Refusal(description: "Then: choose what is to be done.", reason: .invalid)
    }
    let text = form["if"] ?? ""
    guard !text.isEmpty else { return Rule(when: trigger, then: action) }
    let condition =
      text == "between"
      ? Rule.Condition("between \(minute(form["from"]) ?? -1) \(minute(form["to"]) ?? -1)")
      : Rule.Condition(text)
    guard let condition else {
      throw HubService.Refusal(
        description: "If: give two times of day, such as 22:00 and 06:00.", reason: .invalid)
    }
    return Rule(when: trigger, if: condition, then: action)
  }

  private static func minute(_ text: String?) -> Int? {
    let parts = (text ?? "").split(separator: ":").compactMap { Int($0) }
    guard parts.count >= 2, (0...23).contains(parts[0]), (0...59).contains(parts[1]) else {
      return nil
    }
    return 60 * parts[0] + parts[1]
  }
}
