internal import MartletDevice
internal import MartletWire

/// What a user does to a connection (RFC 9293, 3.10.2 to 3.10.5).
extension Connection {
  /// Takes as many of the bytes as the limit and the pool allow, and returns how many.
  mutating func send(_ bytes: RawSpan, now: Instant, buffers: inout Buffers) -> Int {
    let room = sendRoom(blocks: buffers.blocks)
    let wanted = bytes.extracting(0..<min(bytes.byteCount, room))
    let before = sendQueue.blockCount
    let taken = buffers.blocks.append(wanted, to: &sendQueue)
    let used = min(grantedBlocks, sendQueue.blockCount - before)
    buffers.blocks.endGrant(of: Int(used))
    grantedBlocks -= used
    if taken < bytes.byteCount { flags.insert(.wantsWritable) }
    if taken > 0 { outcome.insert(.transmit) }
    return taken
  }

  /// The bytes that a send would take now: what was promised, and what nobody was.
  func sendRoom(blocks: borrowing BlockPool) -> Int {
    let allowed = max(0, Int(sendLimit) - sendQueue.byteCount)
    let free = Int(grantedBlocks) + freeShare(of: blocks)
    return min(allowed, blocks.tailRoom(of: sendQueue) + free * blocks.blockSize)
  }

  /// The blocks that this connection may still take, beside those it was promised.
  private func freeShare(of blocks: borrowing BlockPool) -> Int {
    let held = Int(sendQueue.blockCount) + Int(grantedBlocks)
    return max(0, min(blocks.availableCount, blocks.senderShare - held))
  }

  /// Promises room to send: a send of no more than the result takes all of its bytes, whatever
  /// other connections do in between.
  mutating func grantRoom(upTo count: Int, blocks: inout BlockPool) -> Int {
    let allowed = min(count, max(0, Int(sendLimit) - sendQueue.byteCount))
    let tail = blocks.tailRoom(of: sendQueue)
    let wanted = (max(0, allowed - tail) + blocks.blockSize - 1) / blocks.blockSize
    if wanted > Int(grantedBlocks) {
      let more = blocks.grant(upTo: min(wanted - Int(grantedBlocks), freeShare(of: blocks)))
      grantedBlocks += Int32(truncatingIfNeeded: more)
    }
    let room = min(allowed, tail + Int(grantedBlocks) * blocks.blockSize)
    // Less than asked for is news to wait for, unless what is there is what `tellWritable` promises.
    if room < max(1, min(count, Int(sendLimit) / 3)) { flags.insert(.wantsWritable) }
    return room
  }

  /// Drops `count` bytes that the user has read, and tells the peer of the room when it is worth it.
  mutating func didRead(_ count: Int, now: Instant, buffers: inout Buffers) {
    buffers.blocks.dropFirst(count, of: &receiveQueue)
    guard state != .closed else { return }
    tuneReceiveLimit(count, now: now, blocks: buffers.blocks)
    offerWindow()
  }

  /// Receive window auto-tuning: a user who reads more in a round trip than half the limit is held
  /// back by it, so the limit doubles, up to its maximum.
  ///
  /// Not while less than half of the blocks is free: a wider window would only promise what
  /// the budget does not hold.
  private mutating func tuneReceiveLimit(
    _ count: Int, now: Instant, blocks: borrowing BlockPool
  ) {
    guard receiveLimit < receiveMaximum, blocks.availableCount > blocks.capacity / 2 else { return }
    tuningCount = tuningCount.addingSaturating(Int32(truncatingIfNeeded: count))
    let span = max(roundTrip.smoothed, .milliseconds(1))
    guard now - tuningSince >= span else { return }
    if tuningCount > receiveLimit / 2, tuningSince > .zero {
      receiveLimit = min(receiveLimit.addingSaturating(receiveLimit), receiveMaximum)
    }
    tuningCount = 0
    tuningSince = now
  }

  /// The user sends no more: FIN follows the last byte.
  mutating func shutdownSending() {
    guard !flags.contains(.finQueued) else { return }
    flags.insert(.finQueued)
    flags.remove(.corked)
    outcome.insert(.transmit)
  }

  /// The user lets go. What was sent is still delivered; what was not read is thrown away, and the
  /// peer hears of that by a reset (RFC 2525, 2.17).
  mutating func letGo(
    now: Instant, buffers: inout Buffers, configuration: Configuration
  ) {
    flags.insert(.orphaned)
    buffers.blocks.endGrant(of: Int(grantedBlocks))
    grantedBlocks = 0
    switch state {
    case .closed:
      outcome.insert(.ended)
    case .synSent:
      end(.aborted, buffers: &buffers)
    case .timeWait:
      buffers.blocks.release(receiveQueue.take())
      outcome.insert(.timeWait)
    default:
      guard receiveQueue.isEmpty else { return abort(buffers: &buffers) }
      shutdownSending()
      if state == .finWait2 { lifetimeDeadline = now + configuration.timeWait }
    }
  }

  /// The user gives the connection up: the peer is reset.
  mutating func abort(buffers: inout Buffers) {
    flags.insert(.orphaned)
    switch state {
    case .closed:
      outcome.insert(.ended)
    case .synSent, .timeWait:
      end(.aborted, buffers: &buffers)
    default:
      outcome.insert(.reset)
      end(.aborted, buffers: &buffers)
    }
  }
}
