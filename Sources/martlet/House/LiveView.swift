import MartletDevice
import MartletHost
import MartletHouse
import MartletStack
import MartletWire

/// What a terminal shows of a house while it is up: one line a node, drawn again in place.
struct LiveView {
  private let house: RunningHouse
  private var last: [RunningNode.Snapshot] = []
  private var lineCount = 0

  init(_ house: RunningHouse) { self.house = house }

  /// Draws it once more.
  mutating func draw() async {
    var snapshots: [RunningNode.Snapshot] = []
    for node in house.nodes { snapshots.append(await node.snapshot()) }
    let rows = house.nodes.indices.map { index in
      row(house.nodes[index], snapshots[index], index < last.count ? last[index] : nil)
    }
    last = snapshots
    let table = Table(
      "", ["node", "address", "frames/s", "bytes/s", "TCP opened", "resent", "dropped"], rows)
    let width = Terminal.width
    let lines = table.text.split(separator: "\n").map { String($0.prefix(width - 1)) }
    // Up to where it began, then each line anew: nothing scrolls.
    var text = lineCount > 0 ? "\u{1B}[\(lineCount)A" : ""
    for line in lines { text += "\r\u{1B}[K\(line)\n" }
    lineCount = lines.count
    Terminal.put(text)
  }

  private func row(
    _ node: RunningNode, _ now: RunningNode.Snapshot, _ before: RunningNode.Snapshot?
  ) -> [String] {
    var rates = ["-", "-"]
    if let before, now.time > before.time {
      let interval = UInt64(clamping: (now.time - before.time).microseconds)
      func rate(_ value: (InterfaceCounters) -> UInt64) -> String {
        Self.short((value(now.interface) &- value(before.interface)) &* 1_000_000 / interval)
      }
      rates = [rate { $0.inFrames &+ $0.outFrames }, rate { $0.inOctets &+ $0.outOctets }]
    }
    return [node.plan.name, node.plan.address.description] + rates + [
      Self.short(now.counters.tcpPassiveOpens), Self.short(now.counters.tcpRetransSegs),
      Self.short(now.counters.droppedInAll),
    ]
  }

  /// A number in at most five characters.
  static func short(_ number: UInt64) -> String {
    var (value, unit) = (number, 0)
    while value >= 10_000, unit < 5 {
      value /= 1000
      unit += 1
    }
    return "\(value)" + ["", "k", "M", "G", "T", "P"][unit]
  }
}
