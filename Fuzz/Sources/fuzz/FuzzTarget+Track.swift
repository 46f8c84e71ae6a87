// Says `unsafe`: arrays are lent as spans.

import MartletDevice
import MartletFlow
import MartletWire

// Packets that cross a gateway's outer port, a few after each other: records of a length, a byte that
// says which way and how much later, and the packet.

extension FuzzTarget {
  static func track(_ bytes: RawSpan) {
    var configuration = TrackingConfiguration()
    configuration.capacity = 4
    configuration.fragmentCapacity = 4
    let inside = IPv4Address(10, 0, 0, 1)
    var uplink = UplinkTranslator(
      address: IPv4Address(192, 0, 2, 1),
      forwards: [
        UplinkForward(.tcp, ports: 80...90, to: inside, port: 8080),
        UplinkForward(.udp, ports: 53...53, to: inside, port: 65_535),
      ], tracking: configuration)
    var now = Instant(milliseconds: 1)
    var offset = 0
    while offset + 2 <= bytes.byteCount {
      let length = Int(bytes.load(UInt8.self, at: offset))
      let way: UInt8 = bytes.load(at: offset + 1)
      let end = min(bytes.byteCount, offset + 2 + length)
      now = now + .seconds(Int64(way >> 2))
      cross([UInt8](bytes.extracting(offset + 2..<end)), way, &uplink, now)
      check(uplink.tracker.count <= 4, "the table is bounded")
      offset = end
    }
    uplink.poll(now: now + .seconds(1_000_000))
    check(uplink.tracker.count == 0, "nothing is remembered for ever")
    check(uplink.nextDeadline == nil, "nothing is due")
  }

  private static func cross(
    _ original: [UInt8], _ way: UInt8, _ uplink: inout UplinkTranslator, _ now: Instant
  ) {
    var packet = original
    var span = packet.mutableSpan
    var room = unsafe span.mutableBytes
    let isPartial = way & 2 != 0
    let verdict =
      way & 1 == 0
      ? uplink.outbound(&room, isPartial: isPartial, now: now)
      : uplink.inbound(&room, isPartial: isPartial, now: now)
    switch verdict {
    case .local, .dropped: check(packet == original, "what is not translated is not changed")
    case .forward, .inside:
      check(isIntact(packet) == isIntact(original), "a header is as right as it was")
    }
  }

  private static func isIntact(_ packet: [UInt8]) -> Bool {
    packet.read { bytes in (try? IPv4View(parsingQuoted: bytes))?.isChecksumValid ?? false }
  }

  /// A probe of loops.
  static func probe(_ bytes: RawSpan) {
    guard let probe = try? LoopProbe(parsing: bytes) else { return }
    let written = [UInt8].written(LoopProbe.length) { (bytes) throws(WireError) in
      try probe.emit(into: &bytes, source: .zero)
    }
    check(
      written.map { $0.read { (try? LoopProbe(parsing: $0)) == probe } } == true,
      "the probe comes back")
  }
}
