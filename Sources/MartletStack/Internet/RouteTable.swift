internal import MartletWire

/// Routes, those with the longest prefix first, so that the first match is the best.
struct RouteTable: ~Copyable {
  private var entries: Table<RouteEntry>
  /// The number of routes.
  private(set) var count = 0

  /// Makes room for `capacity` routes.
  init(capacity: Int) {
    entries = Table(count: capacity) { _ in RouteEntry() }
  }

  /// The route in place `index`.
  subscript(index: Int) -> RouteEntry { entries[index] }

  /// Whether no route fits in.
  var isFull: Bool { count == entries.count }

  /// The best route to a destination, by one interface or any; `nil` when none leads there.
  func find(_ destination: IPv4Address, on interface: Int?) -> RouteEntry? {
    for index in 0..<count {
      let entry = entries[index]
      guard entry.prefix.contains(destination) else { continue }
      if let interface, entry.interface != interface { continue }
      return entry
    }
    return nil
  }

  /// Puts a route behind those as long as its own. The table must not be full.
  mutating func insert(_ entry: RouteEntry) {
    var place = count
    while place > 0, entries[place - 1].prefix.length < entry.prefix.length {
      entries[place] = entries[place - 1]
      place -= 1
    }
    entries[place] = entry
    count += 1
  }

  /// Whether just this route is there.
  func contains(_ entry: RouteEntry) -> Bool {
    for index in 0..<count where entries[index] == entry { return true }
    return false
  }

  /// Takes out every route that `isDoomed` names and returns how many there were.
  @discardableResult
  mutating func removeAll(where isDoomed: (RouteEntry) -> Bool) -> Int {
    var kept = 0
    for index in 0..<count where !isDoomed(entries[index]) {
      entries[kept] = entries[index]
      kept += 1
    }
    let removed = count - kept
    count = kept
    return removed
  }
}
