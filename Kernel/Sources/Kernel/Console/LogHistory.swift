/// The last lines of the console's log, in memory that is always there.
struct LogHistory {
  private var lines = InlineArray<64, LogLine>(repeating: "")
  private var next = 0
  private(set) var count = 0

  mutating func append(_ line: LogLine) {
    lines[next] = line
    next = (next + 1) % lines.count
    count = min(count + 1, lines.count)
  }

  /// The line at `index`, the oldest first.
  subscript(index: Int) -> LogLine {
    lines[(next + lines.count - count + index) % lines.count]
  }
}
