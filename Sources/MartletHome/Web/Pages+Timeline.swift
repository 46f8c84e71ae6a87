internal import MartletHub

/// How devices stood over a day: a line each, drawn by the server.
extension Pages {
  /// The last day of one kind of samples, as a card with its picture and its table.
  func timeline(
    _ title: String, _ kind: StoredSample.Kind, words: @Sendable (Int) -> String
  ) async throws -> HTML {
    let now = WallClock.seconds
    let since = now - 86_400
    let samples = try hub.store.samples(kind, since: since)
    let names = Dictionary(
      await hub.views().map { ($0.id, $0.title) }, uniquingKeysWith: { first, _ in first })
    let devices = Array(Set(samples.map(\.device))).sorted {
      (names[$0] ?? $0, $0) < (names[$1] ?? $1, $1)
    }
    guard !devices.isEmpty else { return "" }
    let lines = devices.map { device in
      lane(
        names[device] ?? device, samples.filter { $0.device == device }, since: since, now: now)
    }
    var rows: [HTML] = []
    for sample in samples.reversed() where sample.time >= since {
      rows.append(
        """
        <tr><td>\(await moment(sample.time))</td><td>\(names[sample.device] ?? sample.device)</td>\
        <td>\(words(sample.value))</td></tr>
        """)
      if rows.count == 100 { break }
    }
    return """
      <section class="card"><h2>\(title), the last 24 hours</h2>\(lines)
      <p class="hours" aria-hidden="true">\(await hours(since: since, now: now))</p>
      <details><summary>As a table</summary><div class="scroll" tabindex="0" role="region" \
      aria-label="\(title)"><table><thead><tr><th scope="col">When</th><th scope="col">What</th>\
      <th scope="col">How</th></tr></thead><tbody>\(rows)</tbody></table></div></details></section>
      """
  }

  private func lane(
    _ name: String, _ samples: [StoredSample], since: Int64, now: Int64
  ) -> HTML {
    func place(_ time: Int64) -> Int { Int((max(time, since) - since) * 1000 / (now - since)) }
    let bars = samples.indices.map { index -> HTML in
      let end = index + 1 < samples.count ? samples[index + 1].time : now
      let left = place(samples[index].time)
      guard samples[index].value != 0, end > since else { return "" }
      let width = max(4, place(end) - left)
      return "<rect class=\"v1\" x=\"\(left)\" width=\"\(width)\" height=\"10\"/>"
    }
    return """
      <p class="lane">\(name)</p><svg class="lane" viewBox="0 0 1000 10" preserveAspectRatio="none" \
      role="img" aria-label="\(name); the table below has the times">\
      <rect class="none" width="1000" height="10"/>\(bars)</svg>
      """
  }

  private func hours(since: Int64, now: Int64) async -> [HTML] {
    var marks: [HTML] = []
    for step in 0...4 {
      let (_, second) = await hub.local(since + Int64(step) * (now - since) / 4)
      marks.append("<span>\(Self.time(second / 60))</span>")
    }
    return marks
  }

  /// What devices were, for other programs.
  func samplesCSV() throws -> String {
    var text = "time_utc,device,kind,value\r\n"
    for kind in StoredSample.Kind.allCases {
      for sample in try hub.store.samples(kind, since: 0, limit: 200_000) {
        text += "\(sample.time),\(sample.device),\(kind.rawValue),\(sample.value)\r\n"
      }
    }
    return text
  }
}
