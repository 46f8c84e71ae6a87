/// Finds what somebody may have meant.
package enum NearestName {
  /// Says that there is no `what` of that name, and which was meant, or which there are.
  package static func unknown(_ what: String, _ name: String, _ known: [String]) -> String {
    if let nearest = find(name, in: known) {
      return "there is no \(what) '\(name)'; did you mean '\(nearest)'?"
    }
    return "there is no \(what) '\(name)'; expected one of: \(known.joined(separator: ", "))"
  }

  /// The known name that is nearest to `name`, if few enough letters differ.
  static func find(_ name: String, in known: [String]) -> String? {
    let length = name.count
    let limit = max(1, length / 3)
    // A name that is longer or shorter by more cannot be near, and need not be compared.
    let ranked = known.filter { abs($0.count - length) <= limit }
      .map { (name: $0, distance: distance(name, $0)) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }), best.distance <= limit else {
      return nil
    }
    return best.name
  }

  /// The insertions, removals, changes and swaps of neighbours that lead from one to the other.
  static func distance(_ first: String, _ second: String) -> Int {
    let a = Array(first.lowercased())
    let b = Array(second.lowercased())
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for row in 0..<a.count {
      var current = [row + 1]
      for column in 0..<b.count {
        var cost = min(
          last[column + 1] + 1, current[column] + 1, last[column] + (a[row] == b[column] ? 0 : 1))
        if row > 0, column > 0, a[row] == b[column - 1], a[row - 1] == b[column] {
          cost = min(cost, beforeLast[column - 1] + 1)
        }
        current.append(cost)
      }
      beforeLast = last
      last = current
    }
    return last[b.count]
  }
}
