internal import MartletDevice

/// What changes of a flow with every frame; it lies apart from the flow, so that counting touches little.
struct FlowUse: Sendable, BitwiseCopyable {
  /// When a frame last came.
  var usedAt = Instant.zero
  var packetCount: UInt64 = 0
  var byteCount: UInt64 = 0
  /// Whether it is part of a conjunction.
  var isConjunctive = false
  /// Whether its number is among `FlowStore.timed`.
  var isTimed = false
}
