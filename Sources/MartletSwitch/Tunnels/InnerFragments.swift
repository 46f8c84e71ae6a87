internal import MartletDevice
internal import MartletWire

/// Cuts IPv4 packets that do not fit a tunnel and whose sender allows it, as a router would
/// (RFC 791, section 3.2).
struct InnerFragments: ~Copyable {
  private var slot = TransmitSlots(count: 1, slotCapacity: TunnelLink.frameLimit)

  /// Calls `body` with each fragment of at most `mtu` bytes; false, without a call, for a packet
  /// that must not be cut, or has options, of which each fragment would need its own choice.
  mutating func cut(
    _ frame: RawSpan, _ layout: FrameLayout, to mtu: Int, _ body: (RawSpan) -> Void
  ) -> Bool {
    let network = layout.network
    guard !layout.isIPv6, layout.transport - network == 20 else { return false }
    let field = frame.load(UInt16.self, at: network + 6)
    guard field & 0x4000 == 0 else { return false }
    let limit = (min(mtu, slot.slotCapacity - network) - 20) & ~7
    guard limit > 0 else { return false }
    var start = layout.transport
    while start < layout.end {
      let end = min(start + limit, layout.end)
      let place = (field & 0x1FFF) &+ UInt16(truncatingIfNeeded: (start - layout.transport) / 8)
      let more: UInt16 = end < layout.end ? 0x2000 : field & 0x2000
      Self.write(frame, layout, start..<end, place | more, into: &slot)
      body(slot.bytes(at: 0))
      start = end
    }
    return true
  }

  private static func write(
    _ frame: RawSpan, _ layout: FrameLayout, _ payload: Range<Int>, _ field: UInt16,
    into slot: inout TransmitSlots
  ) {
    let network = layout.network
    var batch = slot.lend(count: 1)
    var bytes = batch.nextSlot
    bytes.copy(frame.extracting(0..<layout.transport), at: 0)
    bytes.copy(frame.extracting(payload), at: layout.transport)
    bytes.store(UInt16(truncatingIfNeeded: 20 + payload.count), at: network + 2)
    bytes.store(field, at: network + 6)
    bytes.store(UInt16(0), at: network + 10)
    let sum = InternetChecksum.of(bytes.bytes.extracting(network..<network + 20))
    bytes.store(sum, at: network + 10)
    batch.append(length: layout.transport + payload.count)
  }
}
