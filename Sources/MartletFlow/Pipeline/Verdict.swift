internal import MartletDevice

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
  /// When a station was last noted for it.
  var learnedAt: Instant?
}
