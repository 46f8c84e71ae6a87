public import MartletDevice

/// A flow in its table: what was asked for, and what became of it.
public struct Flow: Sendable {
  /// What was asked for.
  public internal(set) var specification: FlowSpecification
  /// When it was added or last replaced.
  public internal(set) var addedAt: Instant
  /// When a frame last came.
  public internal(set) var usedAt: Instant
  /// The frames that came.
  public internal(set) var packetCount: UInt64 = 0
  /// The bytes of these frames.
  public internal(set) var byteCount: UInt64 = 0

  init(_ specification: FlowSpecification, now: Instant) {
    self.specification = specification
    addedAt = now
    usedAt = now
  }

  /// When it goes, unless a frame comes before; `nil` never.
  var deadline: Instant? {
    var deadline: Instant?
    if specification.hardTimeout > 0 {
      deadline = addedAt + .seconds(Int64(specification.hardTimeout))
    }
    if specification.idleTimeout > 0 {
      let idle = usedAt + .seconds(Int64(specification.idleTimeout))
      deadline = deadline.map { $0 < idle ? $0 : idle } ?? idle
    }
    return deadline
  }
}
