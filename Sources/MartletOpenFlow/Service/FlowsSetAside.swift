internal import MartletDevice
internal import MartletFlow

/// The flows of a bridge while it forwards by itself, and how they come back.
///
/// Nothing of what an operator says is lost: the flows that were there come back with their counters, those
/// that were added meanwhile stay, and of two with the same match and priority the later one counts.
struct FlowsSetAside: Sendable {
  private let flows: [Flow]
  private let since: Instant

  /// The one flow by which a bridge learns and forwards.
  static var normal: FlowSpecification {
    var flow = FlowSpecification()
    flow.priority = 0
    flow.actions = [.output(.normal, maxLength: 0)]
    return flow
  }

  /// Takes all flows out of a datapath, which learns and forwards from then on.
  init(from datapath: inout Datapath, now: Instant) {
    var flows: [Flow] = []
    datapath.forEachFlow { flows.append($0) }
    self.flows = flows
    since = now
    datapath.delete(FlowFilter(), now: now)
    // They have not gone, and nobody is told that they have.
    while datapath.nextRemovedFlow() != nil {}
    // There is room: there is no other.
    try? datapath.add(Self.normal, now: now)
  }

  /// All flows that there would be if they came back now, of two alike the later one last.
  func merged(with datapath: borrowing Datapath) -> [Flow] { flows + added(to: datapath) }

  /// What was added meanwhile: all but the bridge's own flow, unless somebody has said it, too.
  private func added(to datapath: borrowing Datapath) -> [Flow] {
    var added: [Flow] = []
    datapath.forEachFlow { flow in
      if flow.addedAt == since, flow.specification == Self.normal { return }
      added.append(flow)
    }
    return added
  }

  /// Brings the flows back; how many had no room.
  func restore(to datapath: inout Datapath, now: Instant) -> Int {
    let added = added(to: datapath)
    datapath.delete(FlowFilter(), now: now)
    while datapath.nextRemovedFlow() != nil {}
    var failed = 0
    for flow in flows {
      do throws(FlowError) {
        // Nothing could use them meanwhile: that time is not idleness.
        try datapath.restore(flow, pausedFor: now - since, now: now)
      } catch {
        failed += 1
      }
    }
    for flow in added {
      do throws(FlowError) {
        try datapath.restore(flow, now: now)
      } catch {
        failed += 1
      }
    }
    return failed
  }
}
