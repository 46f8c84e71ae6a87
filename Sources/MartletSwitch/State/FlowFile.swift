internal import MartletDevice
internal import MartletFlow
internal import MartletFlowText

/// The flows of all bridges as a file: lines as `ovs-ofctl` writes them, under the name of their
/// bridge.
///
/// Flows with an idle timeout are not kept: nobody can say what would have used them meanwhile. Of a
/// hard timeout the moment is kept when it ends, by the calendar, so that the time while the switch
/// was down counts.
enum FlowFile {
  /// A flow that was kept, and since when it is there.
  struct Entry: Equatable {
    var flow: FlowSpecification
    /// Seconds that it had been there when it was read; 0 without a hard timeout.
    var age: Int64 = 0
  }

  /// The text of a bridge's flows, or of those that it has in their place.
  static func text(
    of bridge: SwitchBridge, setAside flows: [Flow]? = nil, now: Instant, date: Int64
  ) -> String {
    var text = "bridge \(bridge.name)\n"
    let writer = FlowText()
    var all = flows ?? []
    if flows == nil { bridge.datapath.forEachFlow { all.append($0) } }
    for flow in all {
      let specification = flow.specification
      guard specification.idleTimeout == 0 else { continue }
      if specification.hardTimeout > 0 {
        let age = (now - flow.addedAt).microseconds / 1_000_000
        text += "expires=\(date + Int64(specification.hardTimeout) - age) "
      }
      text += writer.format(specification) + "\n"
    }
    return text
  }

  /// Reads a file: the flows by their bridges, and what was not understood. `date` is now, in
  /// seconds of the calendar; what has run out since is left out.
  static func parse(
    _ text: String, date: Int64
  ) -> (bridges: [(name: String, flows: [Entry])], problems: [String]) {
    var bridges: [(name: String, flows: [Entry])] = []
    var problems: [String] = []
    let reader = FlowText()
    var number = 0
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      number += 1
      if line.isEmpty || line.hasPrefix("#") { continue }
      if line.hasPrefix("bridge ") {
        bridges.append((String(line.dropFirst(7)), []))
        continue
      }
      var line = line
      var expiry: Int64?
      if line.hasPrefix("expires=") {
        let word = line.prefix { $0 != " " }
        expiry = Int64(word.dropFirst(8))
        line = line.dropFirst(word.count + 1)
      }
      do throws(FlowTextError) {
        let flow = try reader.flow(String(line))
        guard !bridges.isEmpty else { continue }
        var entry = Entry(flow: flow)
        if flow.hardTimeout > 0 {
          let left = (expiry ?? date) - date
          guard left > 0 else { continue }
          entry.age = max(0, Int64(flow.hardTimeout) - left)
        }
        bridges[bridges.count - 1].flows.append(entry)
      } catch {
        problems.append("line \(number): \(error)")
      }
    }
    return (bridges, problems)
  }
}
