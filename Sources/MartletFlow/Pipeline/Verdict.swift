/// What the tables say of a kind of frames.
struct Verdict: Sendable {
  var steps: [Step] = []
  var rewrites: [FlowRewrite] = []
  var tracks: [TrackRequest] = []
  var packetIns: [PacketIn] = []
  /// The flows that counted.
  var flows: [Int32] = []
  /// Why nothing is sent, where nothing is.
  var drop: FlowDrop?
}

/// A verdict that is remembered: one reference instead of one for each of its lists.
final class RememberedVerdict: Sendable {
  let verdict: Verdict

  init(_ verdict: Verdict) { self.verdict = verdict }
}
