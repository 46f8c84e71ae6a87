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
  /// Writes a plan into the next slots and returns the bytes of its frames: one, or one for each
  /// segment where the device does not cut a long one itself.
  ///
  /// As many slots must be left as the plan has segments.
  mutating func write(
    _ plan: SegmentPlan, into batch: inout TransmitBatch, path: SegmentPath, now: Instant,
    blocks: borrowing BlockPool, ranges: borrowing RangePool
  ) -> Int {
    let template = template(for: plan, path: path)
    let limit = payloadLimit(path)
    var cursor = payloadCursor(plan, blocks: blocks)
    var (done, octetCount) = (0, 0)
    repeat {
      let length = min(limit, plan.length - done)
      let control = control(of: plan, isFirst: done == 0, isLast: done + length == plan.length)
      let tcp = template.transportOffset
      var slot = batch.nextSlot
      let optionLength = writeOptions(plan, into: &slot, at: tcp + 20, now: now, ranges: ranges)
      var sum = template.write(
        into: &slot, sequence: plan.sequence.advanced(by: done), control: control,
        optionLength: optionLength, payloadLength: length)
      var info = FrameInfo()
      let payload = tcp + 20 + optionLength
      if path.completesChecksums {
        slot.store(checksumForDevice(payloadLength: length + 20 + optionLength), at: tcp + 16)
        _ = blocks.copy(length, from: &cursor, into: &slot, at: payload)
        info.checksum = .partial
        info.checksumStart = UInt16(truncatingIfNeeded: tcp)
        info.checksumOffset = 16
      } else {
        // The options first: an odd payload would leave their words half a word off.
        addWords(of: slot, at: tcp + 20, length: optionLength, to: &sum)
        _ = blocks.copy(length, from: &cursor, into: &slot, at: payload, sum: &sum)
        slot.store(sum.value, at: tcp + 16)
      }
      if length > Int(segmentSize) {
        info.segmentation = .tcpIPv4
        info.segmentSize = segmentSize
        info.headerLength = UInt16(truncatingIfNeeded: payload)
      }
      batch.append(length: payload + length, info: info)
      done += length
      octetCount += payload + length
    } while done < plan.length
    if plan.kind == .new, plan.length > 0 { sendCursor = cursor }
    return octetCount
  }

  /// The payload of one frame: a segment's, or that of as many as the device cuts it into.
  func payloadLimit(_ path: SegmentPath) -> Int {
    max(1, path.maximumLength / Int(segmentSize)) * Int(segmentSize)
  }

  private mutating func template(for plan: SegmentPlan, path: SegmentPath) -> SegmentTemplate {
    // ECT(0) goes on new data only (RFC 3168, 6.1.5).
    let isCapable = flags.contains(.ecn) && plan.kind == .new && plan.length > 0
    // A SYN's window is never scaled.
    let window = plan.kind == .handshake ? UInt16(clamping: receiveLimit) : advertisedWindow()
    return SegmentTemplate(
      key, path: path, typeOfService: typeOfService | (isCapable ? 2 : 0), timeToLive: timeToLive,
      acknowledgment: plan.flags.contains(.ack) ? receiveNext.rawValue : 0, window: window)
  }

  /// The control bits of one of a plan's segments: what ends a stream goes on the last, what answers
  /// a congestion mark on the first.
  private mutating func control(of plan: SegmentPlan, isFirst: Bool, isLast: Bool) -> TCPFlags {
    var control = plan.flags
    if !isLast { control.subtract([.psh, .fin]) }
    guard flags.contains(.ecn), plan.kind != .handshake else { return control }
    if flags.contains(.echoCongestion) { control.insert(.ece) }
    if isFirst, flags.contains(.windowReduced), plan.kind == .new, plan.length > 0 {
      control.insert(.cwr)
      flags.remove(.windowReduced)
    }
    return control
  }

  /// What a device that completes the checksum wants to find in its place: the sum of the
  /// pseudo-header alone.
  private func checksumForDevice(payloadLength: Int) -> UInt16 {
    InternetChecksum.pseudoHeader(
      source: key.localAddress, destination: key.remoteAddress, protocol: .tcp,
      length: payloadLength
    ).partialValue
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

  private func addWords(
    of slot: borrowing MutableRawSpan, at offset: Int, length: Int, to sum: inout InternetChecksum
  ) {
    var position = offset
    while position < offset + length {
      sum.add(slot.load(UInt32.self, at: position))
      position += 4
    }
  }

  // MARK: Payload

  /// Where a plan's bytes begin in the send queue.
  private func payloadCursor(
    _ plan: SegmentPlan, blocks: borrowing BlockPool
  ) -> BlockPool.Cursor {
    // A cursor into an empty queue has no block to stand in: finds its place once there is one.
    if plan.kind == .new, sendCursor.block != BlockPool.none { return sendCursor }
    guard plan.length > 0 else { return BlockPool.Cursor() }
    return blocks.cursor(in: sendQueue, at: plan.sequence.distance(from: queueStart))
  }
}
