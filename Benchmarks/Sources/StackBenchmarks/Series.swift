/// One figure over several runs.
struct Series {
  private let id: String
  private let unit: String
  private var values: [Double] = []

  init(_ id: String, _ unit: String) {
    self.id = id
    self.unit = unit
  }

  mutating func add(_ value: Double) { values.append(value) }

  /// The figure as a line of JSON.
  var line: String {
    let sorted = values.sorted()
    let median = sorted[sorted.count / 2]
    return """
      {"id": "\(id)", "ours": \(rounded(median)), "low": \(rounded(sorted[0])), \
      "high": \(rounded(sorted[sorted.count - 1])), "runs": \(sorted.count), "unit": "\(unit)"}
      """
  }

  private func rounded(_ value: Double) -> Double {
    value < 1000 ? (value * 10_000).rounded() / 10_000 : value.rounded()
  }
}
