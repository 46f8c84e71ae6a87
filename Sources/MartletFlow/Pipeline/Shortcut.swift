internal import MartletDevice

/// What a remembered verdict comes to when it is the most common kind: the frame leaves as it came by one
/// port, after one flow of each of at most four tables. It is done without a look at the verdict itself.
struct Shortcut: Sendable, BitwiseCopyable {
  /// The flows that count; -1 where there are fewer.
  private(set) var flows: InlineArray<4, Int32> = [-1, -1, -1, -1]
  /// The port and its place among the ports; -1: this verdict has no shortcut.
  private(set) var port = PortNumber.none
  private(set) var place: Int32 = -1
  /// Whether a station is to be kept known.
  private(set) var learns = false
  /// When that was last done.
  var learnedAt: Instant?

  init(_ verdict: borrowing Verdict, place: (PortNumber) -> Int?) {
    var target: PortNumber?
    for step in verdict.steps {
      switch step {
      case .learn: learns = true
      case .output(let port) where target == nil: target = port
      default: return
      }
    }
    guard let target, verdict.flows.count <= 4, verdict.drop == nil, let index = place(target)
    else { return }
    for (slot, flow) in verdict.flows.enumerated() { flows[slot] = flow }
    port = target
    self.place = Int32(index)
  }
}
