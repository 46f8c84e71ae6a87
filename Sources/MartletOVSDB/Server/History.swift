/// The last transactions, for clients that come back and know a state.
struct History {
  private var commits: [Commit] = []
  private var rowCount = 0
  /// The state before the first of them.
  private var origin: DatabaseUUID
  private let limits: ServerLimits

  init(state: DatabaseUUID, limits: ServerLimits) {
    origin = state
    self.limits = limits
  }

  mutating func append(_ commit: Commit) {
    commits.append(commit)
    rowCount += commit.changes.count
    while commits.count > limits.historyLength || rowCount > limits.historyRows {
      let first = commits.removeFirst()
      rowCount -= first.changes.count
      origin = first.identifier
    }
  }

  /// What changed since a state, each row once; `nil` when that state is not known.
  func changes(since state: DatabaseUUID) -> [(place: RowPlace, change: RowChange)]? {
    let start: Int
    if state == origin {
      start = 0
    } else {
      guard let index = commits.lastIndex(where: { $0.identifier == state }) else { return nil }
      start = index + 1
    }
    var merged: [RowPlace: RowChange] = [:]
    for commit in commits[start...] {
      for (place, change) in commit.changes {
        merged[place] = RowChange(
          old: merged[place].map(\.old) ?? change.old, new: change.new)
      }
    }
    return merged.filter { $0.value.old != nil || $0.value.new != nil }
      .sorted { ($0.key.table, $0.key.uuid) < ($1.key.table, $1.key.uuid) }
      .map { ($0.key, $0.value) }
  }
}
