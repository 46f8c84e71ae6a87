/// A line of the table: who was faster, by how much, and by how much it should be.
struct Row {
  let id: String
  let unit: String
  let peerName: String
  let ours: Double
  let peer: Double
  /// Above 1 we are better: of the best samples, and of those in the middle.
  let ratio: Double
  let medianRatio: Double
  let goal: Double

  /// A row of times, told in nanoseconds.
  init(
    id: String, peerName: String, goal: Double, race: (ours: Race.Result, peer: Race.Result)
  ) {
    self.id = id
    self.peerName = peerName
    self.goal = goal
    unit = "ns"
    ours = race.ours.best * 1e9
    peer = race.peer.best * 1e9
    ratio = race.peer.best / race.ours.best
    medianRatio = race.peer.median / race.ours.median
  }

  /// A row of rates, told in GB/s: `byteCount` bytes a repetition.
  init(
    id: String, peerName: String, goal: Double, byteCount: Int,
    race: (ours: Race.Result, peer: Race.Result)
  ) {
    self.id = id
    self.peerName = peerName
    self.goal = goal
    unit = "GB/s"
    ours = Double(byteCount) / race.ours.best / 1e9
    peer = Double(byteCount) / race.peer.best / 1e9
    ratio = race.peer.best / race.ours.best
    medianRatio = race.peer.median / race.ours.median
  }

  var isReached: Bool { ratio >= goal }

  static let head =
    "what                          ours      peer  unit   ratio (median)   goal  peer"

  var text: String {
    let name = id + String(repeating: " ", count: max(1, 26 - id.count))
    return name + padded(ours, 8) + "  " + padded(peer, 8) + "  "
      + unit + String(repeating: " ", count: 5 - unit.count) + padded(ratio, 6) + " ("
      + padded(medianRatio, 6) + ")  " + padded(goal, 5) + "  " + peerName
      + (isReached ? "" : "  MISSED")
  }

  var json: String {
    """
    {"id":"\(id)","ours":\(fixed(ours, 4)),"peer":\(fixed(peer, 4)),"peer_name":"\(peerName)",\
    "unit":"\(unit)","ratio":\(fixed(ratio, 4)),"ratio_median":\(fixed(medianRatio, 4)),\
    "goal":\(fixed(goal, 2))}
    """
  }

  private func padded(_ value: Double, _ width: Int) -> String {
    let text = fixed(value, 2)
    return String(repeating: " ", count: max(0, width - text.count)) + text
  }

  private func fixed(_ value: Double, _ places: Int) -> String {
    let scale = (0..<places).reduce(1) { scale, _ in scale * 10 }
    let rounded = Int((value * Double(scale)).rounded())
    let fraction = String(rounded % scale)
    return "\(rounded / scale)." + String(repeating: "0", count: places - fraction.count) + fraction
  }
}
