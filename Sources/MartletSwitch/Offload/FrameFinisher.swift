internal import MartletDevice
internal import MartletWire

/// Does in software what a frame's sender left to hardware: completes a checksum, cuts a large
/// segment into frames.
///
/// Owns one frame's worth of memory; what it shows lies there until the next call.
struct FrameFinisher: ~Copyable {
  /// The longest frame that can be cut, headers included.
  static var limit: Int { 65_535 + 22 }

  private var scratch = TransmitSlots(count: 1, slotCapacity: FrameFinisher.limit)

  /// Calls `body` with the frame, whole and with its checksum right: once, or once for each segment.
  /// Something must be left undone in it.
  ///
  /// - Returns: False, without a call, when `info` does not describe `frame`.
  mutating func finish(
    _ frame: RawSpan, _ info: FrameInfo, _ body: (RawSpan) -> Void
  ) -> Bool {
    guard info.segmentation == .none else { return cut(frame, info, body) }
    guard info.checksum == .partial else { return false }
    let start = Int(info.checksumStart)
    let field = start + Int(info.checksumOffset)
    guard field + 2 <= frame.byteCount, frame.byteCount <= Self.limit else { return false }
    var end = frame.byteCount
    // What a card has padded is no part of the sum.
    if let layout = FrameLayout(frame) { end = max(field + 2, min(end, layout.end)) }
    scratch.store(frame, info: FrameInfo(), at: 0)
    var bytes = scratch.mutableBytes(at: 0)
    Self.complete(&bytes, from: start, to: end, at: field)
    body(scratch.bytes(at: 0))
    return true
  }

  /// Sums `start..<end`, the pseudo-header's sum being in the field already.
  private static func complete(
    _ bytes: inout MutableRawSpan, from start: Int, to end: Int, at field: Int
  ) {
    var sum = InternetChecksum()
    sum.add(bytes.bytes.extracting(start..<end))
    // Zero would mean "none" to UDP, and the same as 0xFFFF to TCP.
    bytes.store(sum.value == 0 ? 0xFFFF : sum.value, at: field)
  }

  // MARK: Cutting

  private mutating func cut(
    _ frame: RawSpan, _ info: FrameInfo, _ body: (RawSpan) -> Void
  ) -> Bool {
    let isTCP = info.segmentation != .udp
    guard info.segmentSize > 0, let layout = FrameLayout(frame),
      layout.payloadProtocol == (isTCP ? .tcp : .udp)
    else { return false }
    let transport = layout.transport
    let transportLength: Int
    if isTCP {
      guard transport + 20 <= layout.end else { return false }
      transportLength = Int(frame.load(UInt8.self, at: transport + 12) >> 4) * 4
      guard transportLength >= 20 else { return false }
    } else {
      transportLength = 8
    }
    let headers = transport + transportLength
    guard headers <= layout.end else { return false }

    let size = Int(info.segmentSize)
    var offset = headers
    var index = 0
    repeat {
      let count = min(size, layout.end - offset)
      write(frame, layout, headers: headers, payload: offset..<offset + count, index: index)
      var bytes = scratch.mutableBytes(at: 0)
      if isTCP {
        Self.fixTCP(
          &bytes, transport, offset: offset - headers, isFirst: index == 0,
          isLast: offset + count == layout.end)
      } else {
        bytes.store(UInt16(truncatingIfNeeded: 8 + count), at: transport + 4)
      }
      Self.fixChecksum(&bytes, layout, field: transport + (isTCP ? 16 : 6))
      body(scratch.bytes(at: 0))
      offset += count
      index += 1
    } while offset < layout.end
    return true
  }

  /// Makes the scratch memory a segment: the headers, a part of the payload, lengths made right.
  private mutating func write(
    _ frame: RawSpan, _ layout: FrameLayout, headers: Int, payload: Range<Int>, index: Int
  ) {
    do {
      var batch = scratch.lend(count: 1)
      var slot = batch.nextSlot
      slot.copy(frame.extracting(0..<headers), at: 0)
      slot.copy(frame.extracting(payload), at: headers)
      batch.append(length: headers + payload.count)
    }
    var bytes = scratch.mutableBytes(at: 0)
    let network = layout.network
    let length = headers + payload.count - network
    if layout.isIPv6 {
      bytes.store(UInt16(truncatingIfNeeded: length - 40), at: network + 4)
    } else {
      bytes.store(UInt16(truncatingIfNeeded: length), at: network + 2)
      let identification = bytes.load(UInt16.self, at: network + 4)
      bytes.store(identification &+ UInt16(truncatingIfNeeded: index), at: network + 4)
      bytes.store(UInt16(0), at: network + 10)
      let sum = InternetChecksum.of(bytes.bytes.extracting(network..<layout.transport))
      bytes.store(sum, at: network + 10)
    }
  }

  private static func fixTCP(
    _ bytes: inout MutableRawSpan, _ transport: Int, offset: Int, isFirst: Bool, isLast: Bool
  ) {
    let sequence = bytes.load(UInt32.self, at: transport + 4)
    bytes.store(sequence &+ UInt32(truncatingIfNeeded: offset), at: transport + 4)
    var flags = bytes.load(UInt8.self, at: transport + 13)
    // FIN and PSH belong to the last segment, CWR to the first (RFC 3168, section 6.1.2).
    if !isLast { flags &= ~0x09 }
    if !isFirst { flags &= ~0x80 }
    bytes.store(flags, at: transport + 13)
  }

  private static func fixChecksum(
    _ bytes: inout MutableRawSpan, _ layout: FrameLayout, field: Int
  ) {
    let end = bytes.byteCount
    bytes.store(UInt16(0), at: field)
    var sum = layout.pseudoHeader(of: bytes.bytes, length: end - layout.transport)
    sum.add(bytes.bytes.extracting(layout.transport..<end))
    bytes.store(sum.value == 0 ? 0xFFFF : sum.value, at: field)
  }
}
