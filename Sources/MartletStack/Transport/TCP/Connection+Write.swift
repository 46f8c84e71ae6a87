internal import MartletDevice
internal import MartletWire

/// Where a connection's segments go, looked up once a burst.
struct SegmentPath: BitwiseCopyable {
  /// The medium of the interface.
  var medium: DeviceCapabilities.Medium
  /// The frame's source.
  var source = MACAddress.zero
  /// The frame's destination.
  var destination = MACAddress.zero
  /// Whether the device completes checksums.
  var completesChecksums = false
  /// The payload that the device takes at once; 0 without segmentation offload.
  var maximumLength = 0

  /// The bytes of the link header.
  var linkHeaderLength: Int { medium == .ethernet ? 14 : 0 }
}

/// Writing segments straight into transmit slots: headers, then the payload, summed while copied.
extension Connection {
  /// Writes a segment and returns the frame's length and what is left to the device.
  mutating func write(
    _ plan: SegmentPlan, into slot: inout MutableRawSpan, path: SegmentPath, now: Instant,
    blocks: borrowing BlockPool, ranges: borrowing RangePool
  ) -> TransmittedFrame {
    let link = path.linkHeaderLength
    if path.medium == .ethernet {
      slot.store(path.destination, at: 0)
      slot.store(path.source, at: 6)
      slot.store(EtherType.ipv4.rawValue, at: 12)
    }
    let tcp = link + 20
    let optionLength = writeOptions(plan, into: &slot, at: tcp + 20, now: now, ranges: ranges)
    let headerLength = 20 + optionLength
    let length = headerLength + plan.length
    writeInternetHeader(plan, into: &slot, at: link, payloadLength: length)
    writeHeader(plan, into: &slot, at: tcp, length: headerLength)
    var info = FrameInfo()
    var sum = InternetChecksum()
    sum.addPseudoHeader(
      source: key.localAddress, destination: key.remoteAddress, protocol: .tcp, length: length)
    if path.completesChecksums {
      copyPayload(plan, into: &slot, at: tcp + headerLength, blocks: blocks)
      info.checksum = .partial
      info.checksumStart = UInt16(truncatingIfNeeded: tcp)
      info.checksumOffset = 16
      slot.store(~sum.value, at: tcp + 16)
    } else {
      // The header first: an odd payload would leave its words half a word off.
      addHeader(of: slot, at: tcp, length: headerLength, to: &sum)
      copyPayload(plan, into: &slot, at: tcp + headerLength, blocks: blocks, sum: &sum)
      slot.store(sum.value, at: tcp + 16)
    }
    if plan.length > Int(segmentSize) {
      info.segmentation = .tcpIPv4
      info.segmentSize = segmentSize
      info.headerLength = UInt16(truncatingIfNeeded: tcp + headerLength)
    }
    return TransmittedFrame(length: tcp + length, info: info)
  }

  private func writeInternetHeader(
    _ plan: SegmentPlan, into slot: inout MutableRawSpan, at offset: Int, payloadLength: Int
  ) {
    // ECT(0) goes on new data only (RFC 3168, 6.1.5).
    let isCapable = flags.contains(.ecn) && plan.kind == .new && plan.length > 0
    let total = UInt16(truncatingIfNeeded: 20 + payloadLength)
    let service = typeOfService | (isCapable ? 2 : 0)
    slot.store(UInt16(0x4500) | UInt16(service), at: offset)
    slot.store(total, at: offset + 2)
    // Never fragmented, so the identification means nothing (RFC 6864, 4.1).
    slot.store(UInt32(0x0000_4000), at: offset + 4)
    slot.store(UInt16(timeToLive) << 8 | UInt16(IPProtocol.tcp.rawValue), at: offset + 8)
    slot.store(UInt16(0), at: offset + 10)
    slot.store(key.localAddress, at: offset + 12)
    slot.store(key.remoteAddress, at: offset + 16)
    var sum = InternetChecksum()
    addHeader(of: slot, at: offset, length: 20, to: &sum)
    slot.store(sum.value, at: offset + 10)
  }

  private mutating func writeHeader(
    _ plan: SegmentPlan, into slot: inout MutableRawSpan, at offset: Int, length: Int
  ) {
    var control = plan.flags
    // A SYN's window is never scaled.
    let window = plan.kind == .handshake ? UInt16(clamping: receiveLimit) : advertisedWindow()
    if flags.contains(.ecn), plan.kind != .handshake {
      if flags.contains(.echoCongestion) { control.insert(.ece) }
      if flags.contains(.windowReduced), plan.kind == .new, plan.length > 0 {
        control.insert(.cwr)
        flags.remove(.windowReduced)
      }
    }
    slot.store(key.localPort, at: offset)
    slot.store(key.remotePort, at: offset + 2)
    slot.store(plan.sequence.rawValue, at: offset + 4)
    slot.store(control.contains(.ack) ? receiveNext.rawValue : 0, at: offset + 8)
    slot.store(
      UInt16(truncatingIfNeeded: length / 4) << 12 | UInt16(control.rawValue), at: offset + 12)
    slot.store(window, at: offset + 14)
    slot.store(UInt32(0), at: offset + 16)
  }

  /// Writes the options and returns how many bytes they take, a multiple of four.
  private func writeOptions(
    _ plan: SegmentPlan, into slot: inout MutableRawSpan, at offset: Int, now: Instant,
    ranges: borrowing RangePool
  ) -> Int {
    if plan.kind == .handshake { return writeHandshakeOptions(into: &slot, at: offset, now: now) }
    var position = offset
    if flags.contains(.timestamps) {
      slot.store(UInt32(0x0101_080A), at: position)
      slot.store(timestamp(at: now), at: position + 4)
      slot.store(timestampRecent, at: position + 8)
      position += 12
    }
    // Only where no payload counts on the room (RFC 5482, 3.2 asks for it behind a SYN cookie).
    if plan.length == 0, flags.contains(.userTimeoutDue), let userTimeoutOption {
      slot.store(0x1C04_0000 | UInt32(userTimeoutOption), at: position)
      return position + 4 - offset
    }
    let hasBlocks = !outOfOrder.isEmpty || flags.contains(.hasDuplicate)
    if hasBlocks, plan.length == 0, flags.contains(.selective) {
      position += writeSelective(into: &slot, at: position, ranges: ranges)
    }
    return position - offset
  }

  /// SACK blocks: a duplicate first (RFC 2883), then the ranges out of order (RFC 2018).
  private func writeSelective(
    into slot: inout MutableRawSpan, at offset: Int, ranges: borrowing RangePool
  ) -> Int {
    let limit = flags.contains(.timestamps) ? 3 : 4
    var blocks = InlineArray<4, UInt64>(repeating: 0)
    var count = 0
    if flags.contains(.hasDuplicate) {
      blocks[0] = UInt64(duplicateStart.rawValue) << 32 | UInt64(duplicateEnd.rawValue)
      count = 1
    }
    outOfOrder.forEach(upTo: limit - count, in: ranges) { start, end in
      blocks[count] = UInt64(start.rawValue) << 32 | UInt64(end.rawValue)
      count += 1
    }
    slot.store(0x0101_0500 | UInt32(truncatingIfNeeded: 2 + 8 * count), at: offset)
    for index in 0..<count { slot.store(blocks[index], at: offset + 4 + 8 * index) }
    return 4 + 8 * count
  }

  private func writeHandshakeOptions(
    into slot: inout MutableRawSpan, at offset: Int, now: Instant
  ) -> Int {
    let isAnswer = state != .synSent
    var offer = HandshakeOffer(segmentSize: pathSegmentSize)
    if !isAnswer || flags.contains(.windowScale) { offer.windowScale = receiveScale }
    offer.isSelective =
      flags.contains(.selective) || (!isAnswer && flags.contains(.offersSelective))
    if flags.contains(.timestamps) || (!isAnswer && flags.contains(.offersTimestamps)) {
      offer.timestamp = timestamp(at: now)
      offer.timestampEcho = timestampRecent
    }
    offer.userTimeout = userTimeoutOption
    return offer.write(into: &slot, at: offset)
  }

  private func addHeader(
    of slot: borrowing MutableRawSpan, at offset: Int, length: Int, to sum: inout InternetChecksum
  ) {
    var position = offset
    while position < offset + length {
      sum.add(slot.load(UInt32.self, at: position))
      position += 4
    }
  }

  // MARK: Payload

  private mutating func copyPayload(
    _ plan: SegmentPlan, into slot: inout MutableRawSpan, at offset: Int,
    blocks: borrowing BlockPool, sum: inout InternetChecksum
  ) {
    guard plan.length > 0 else { return }
    if plan.kind == .new {
      locateCursor(blocks)
      _ = blocks.copy(plan.length, from: &sendCursor, into: &slot, at: offset, sum: &sum)
    } else {
      var cursor = blocks.cursor(in: sendQueue, at: plan.sequence.distance(from: queueStart))
      _ = blocks.copy(plan.length, from: &cursor, into: &slot, at: offset, sum: &sum)
    }
  }

  private mutating func copyPayload(
    _ plan: SegmentPlan, into slot: inout MutableRawSpan, at offset: Int,
    blocks: borrowing BlockPool
  ) {
    guard plan.length > 0 else { return }
    if plan.kind == .new {
      locateCursor(blocks)
      _ = blocks.copy(plan.length, from: &sendCursor, into: &slot, at: offset)
    } else {
      var cursor = blocks.cursor(in: sendQueue, at: plan.sequence.distance(from: queueStart))
      _ = blocks.copy(plan.length, from: &cursor, into: &slot, at: offset)
    }
  }

  /// A cursor into an empty queue has no block to stand in: finds its place once there is one.
  private mutating func locateCursor(_ blocks: borrowing BlockPool) {
    guard sendCursor.block == BlockPool.none else { return }
    sendCursor = blocks.cursor(in: sendQueue, at: sendNext.distance(from: queueStart))
  }
}
