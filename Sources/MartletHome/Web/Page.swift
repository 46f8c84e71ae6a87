/// The frame of every page: where one is, the way to the others, and the button that stops water.
enum Page {
  static let places = [
    ("/", "Home"), ("/water", "Water"), ("/sequences", "Sequences"), ("/schedules", "Schedules"),
    ("/rules", "Rules"),
    ("/lights", "Lights"), ("/devices", "Devices"), ("/history", "History"),
    ("/settings", "Settings"),
  ]

  static func page(_ title: String, at path: String, _ body: HTML) -> HTML {
    let links = places.map { place, name -> HTML in
      let mark: HTML = place == path ? " aria-current=\"page\"" : ""
      return "<li><a href=\"\(place)\"\(mark)>\(name)</a></li>"
    }
    return shell(
      title,
      """
      <a class="skip" href="#main">To the content</a>
      <header class="bar"><div><a class="brand" href="/">\(bird)Martlet</a>
      <nav aria-label="Pages"><ul>\(links)</ul></nav></div></header>
      <main id="main"><h1>\(title)</h1>
      <p class="card warn offline" role="status">The hub does not answer. What you see may be old; \
      “Stop all water” is tried again and again.</p>
      \(body)</main>
      <div class="stopbar" role="region" aria-label="Emergency"><form method="post" action="/stop" data-quick class="retry">
      <button class="stop" data-key="stop">Stop all water</button></form></div>
      """)
  }

  /// A page for those who are not signed in.
  static func outside(_ title: String, _ body: HTML) -> HTML {
    shell(title, isInside: false, "<main id=\"main\"><h1>\(title)</h1>\(body)</main>")
  }

  private static let bird: HTML = """
    <svg width="28" height="28" viewBox="0 0 32 32" aria-hidden="true"><path fill="currentColor" \
    d="M2 6c7 1 11 4 14 8 3-4 7-7 14-8-3 4-6 8-10 11l6 9-10-6-10 6 6-9C8 14 5 10 2 6z"/></svg>
    """

  private static func shell(_ title: String, isInside: Bool = true, _ body: HTML) -> HTML {
    let script: HTML = isInside ? "<script type=\"module\" src=\"/hub.js\"></script>" : ""
    return """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><title>\(title) · Martlet</title>
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <link rel="stylesheet" href="/style.css"><link rel="icon" href="data:,">
      \(script)</head>
      <body data-now="\(WallClock.milliseconds)">\(body)</body></html>
      """
  }

  // MARK: Parts that several pages have

  static func duration(_ seconds: Int) -> String {
    if seconds % 60 == 0 { return "\(seconds / 60) min" }
    return seconds < 60 ? "\(seconds) s" : "\(seconds / 60) min \(seconds % 60) s"
  }

  static func clock(_ seconds: Int64) -> String {
    let left = max(0, seconds)
    return "\(left / 60):\(left % 60 < 10 ? "0" : "")\(left % 60)"
  }

  static func letter(_ valve: Int) -> String { ["A", "B", "C", "D"][min(max(valve, 0), 3)] }

  static func ago(_ milliseconds: Int64) -> String {
    let seconds = max(0, (WallClock.milliseconds - milliseconds) / 1000)
    if seconds < 60 { return "less than a minute ago" }
    if seconds < 3600 { return "\(seconds / 60) min ago" }
    return seconds < 172_800 ? "\(seconds / 3600) h ago" : "\(seconds / 86_400) days ago"
  }

  static func standing(_ device: DeviceView) -> HTML {
    switch device.standing {
    case .online: "<span class=\"tag good\">online</span>"
    case .seen: "<span class=\"tag\">seen, not connected</span>"
    case .offline: "<span class=\"tag bad\">offline</span>"
    }
  }

  static func post(_ action: String, quick: Bool = true, _ body: HTML) -> HTML {
    let mark: HTML = quick ? " data-quick" : ""
    return "<form method=\"post\" action=\"\(action)\"\(mark)>\(body)</form>"
  }
}
