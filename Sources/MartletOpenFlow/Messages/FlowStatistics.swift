internal import MartletDevice
internal import MartletFlow

/// A flow as an entry of statistics, in each of the three forms.
enum FlowStatistics {
  static func encode10(_ flow: Flow, now: Instant, into writer: inout ByteWriter) {
    let specification = flow.specification
    let start = writer.count
    writer.append(UInt16(0))
    writer.append(specification.table)
    writer.zeros(1)
    specification.match.encode10(into: &writer)
    writer.append(now - flow.addedAt)
    writer.append(specification.priority)
    writer.append(specification.idleTimeout)
    writer.append(specification.hardTimeout)
    writer.zeros(6)
    writer.append(specification.cookie)
    writer.append(flow.packetCount)
    writer.append(flow.byteCount)
    ActionCodec(.v10, for: specification.match).encode(specification.actions, into: &writer)
    writer.setLength(at: start, since: start)
  }

  static func encodeNicira(_ flow: Flow, now: Instant, into writer: inout ByteWriter) {
    let specification = flow.specification
    let start = writer.count
    writer.append(UInt16(0))
    writer.append(specification.table)
    writer.zeros(1)
    writer.append(now - flow.addedAt)
    writer.append(specification.priority)
    writer.append(specification.idleTimeout)
    writer.append(specification.hardTimeout)
    let place = writer.count
    writer.append(UInt16(0))
    // Ages in seconds, one more, so that 0 is "not known".
    writer.append(age(now - flow.usedAt))
    writer.append(age(now - flow.addedAt))
    writer.append(specification.cookie)
    writer.append(flow.packetCount)
    writer.append(flow.byteCount)
    writer.set(UInt16(specification.match.encodeNicira(into: &writer)), at: place)
    ActionCodec(.v10, for: specification.match).encode(specification.actions, into: &writer)
    writer.setLength(at: start, since: start)
  }

  static func encode13(_ flow: Flow, now: Instant, into writer: inout ByteWriter) {
    let specification = flow.specification
    let start = writer.count
    writer.append(UInt16(0))
    writer.append(specification.table)
    writer.zeros(1)
    writer.append(now - flow.addedAt)
    writer.append(specification.priority)
    writer.append(specification.idleTimeout)
    writer.append(specification.hardTimeout)
    // What was asked of the change itself is not part of the flow.
    writer.append(specification.flags.rawValue & ~6)
    writer.zeros(4)
    writer.append(specification.cookie)
    writer.append(flow.packetCount)
    writer.append(flow.byteCount)
    specification.match.encode13(into: &writer)
    InstructionCodec(for: specification.match).encode(specification.actions, into: &writer)
    writer.setLength(at: start, since: start)
  }

  private static func age(_ interval: Interval) -> UInt16 {
    UInt16(min(65_535, max(0, interval.microseconds / 1_000_000) + 1))
  }
}
