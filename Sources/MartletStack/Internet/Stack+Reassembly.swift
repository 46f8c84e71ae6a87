internal import MartletDevice
internal import MartletWire

/// Putting fragments together (RFC 791, section 3.2; RFC 1122, section 3.3.2).
extension Stack {
  /// Takes one fragment. A datagram that it completes is delivered at once.
  mutating func reassemble(
    _ packet: borrowing IPv4View, as kind: DestinationKind, on interface: Int
  ) {
    counters.ipReasmReqds &+= 1
    let payload = packet.payload
    let start = packet.fragmentOffset
    let end = start + payload.byteCount
    let isLast = !packet.moreFragments
    guard payload.byteCount > 0, isLast || payload.byteCount % 8 == 0 else {
      return drop(.ipMalformed)
    }
    guard let index = partialDatagram(for: packet, as: kind, on: interface) else {
      return drop(.reassemblyFull)
    }
    guard !reassembly.datagrams[index].isSpoilt else { return drop(.reassemblyOverlap) }
    // The total length field of the whole could not say more.
    guard packet.headerLength + end <= 65_535 else { return spoil(index) }
    switch reassembly.datagrams[index].fit(start: start, end: end, isLast: isLast) {
    case .contained:
      if !isStored(payload, in: index, at: start) { spoil(index) }
    case .contradiction:
      spoil(index)
    case .tooManyRanges:
      shed(index)
    case .new:
      guard store(payload, in: index, at: PartialDatagram.headerRoom + start) else {
        return shed(index)
      }
      if start == 0 {
        _ = buffers.blocks.write(
          packet.packet.extracting(0..<packet.headerLength),
          to: &reassembly.datagrams[index].bytes, at: 0)
        reassembly.datagrams[index].setHeader(length: packet.headerLength)
      }
      reassembly.datagrams[index].insert(start: start, end: end, isLast: isLast)
      if reassembly.datagrams[index].isComplete { complete(index) }
    }
  }

  private mutating func partialDatagram(
    for packet: borrowing IPv4View, as kind: DestinationKind, on interface: Int
  ) -> Int? {
    let key = PartialDatagram.Key(
      source: packet.source, destination: packet.destination,
      identification: packet.identification, payloadProtocol: packet.payloadProtocol)
    if let index = reassembly.find(key) { return index }
    if reassembly.datagrams.isFull {
      guard let oldest = reassembly.oldest(besides: nil, holdingBytes: false) else { return nil }
      shed(oldest)
    }
    return reassembly.insert(
      PartialDatagram(key: key, interface: interface, kind: kind, now: now))
  }

  /// Whether these very bytes have arrived before: a duplicate that the network made.
  private func isStored(_ payload: RawSpan, in index: Int, at start: Int) -> Bool {
    buffers.blocks.matches(
      payload, in: reassembly.datagrams[index].bytes, at: PartialDatagram.headerRoom + start)
  }

  /// Puts bytes where they belong, older datagrams making room; false when that is not enough.
  private mutating func store(_ payload: RawSpan, in index: Int, at place: Int) -> Bool {
    let blockSize = buffers.blocks.blockSize
    let held = Int(reassembly.datagrams[index].bytes.blockCount)
    let needed = (place + payload.byteCount + blockSize - 1) / blockSize - held
    while needed > 0,
      reassembly.chargedBytes + needed * blockSize > configuration.reassemblyByteLimit
        || needed > buffers.blocks.availableCount
    {
      guard let oldest = reassembly.oldest(besides: index, holdingBytes: true) else {
        return false
      }
      shed(oldest)
    }
    guard buffers.blocks.write(payload, to: &reassembly.datagrams[index].bytes, at: place) else {
      return false
    }
    let added = Int(reassembly.datagrams[index].bytes.blockCount) - held
    reassembly.chargedBytes += added * blockSize
    return true
  }

  /// Releases a datagram's bytes.
  private mutating func empty(_ index: Int) {
    let bytes = reassembly.datagrams[index].bytes.take()
    reassembly.chargedBytes -= Int(bytes.blockCount) * buffers.blocks.blockSize
    buffers.blocks.release(bytes)
  }

  private mutating func spoil(_ index: Int) {
    drop(.reassemblyOverlap)
    counters.ipReasmFails &+= 1
    empty(index)
    reassembly.datagrams[index].spoil()
  }

  private mutating func shed(_ index: Int) {
    if !reassembly.datagrams[index].isSpoilt {
      drop(.reassemblyFull)
      counters.ipReasmFails &+= 1
    }
    empty(index)
    _ = reassembly.datagrams.remove(at: index)
  }

  /// Lays a complete datagram out in one piece and delivers it.
  private mutating func complete(_ index: Int) {
    let headerLength = reassembly.datagrams[index].headerLength
    let payloadLength = reassembly.datagrams[index].frontLength
    let kind = reassembly.datagrams[index].kind
    let interface = reassembly.datagrams[index].interface
    let length = headerLength + payloadLength
    guard var memory = scratch.take() else { return shed(index) }
    guard length <= memory.count else {
      scratch = consume memory
      return shed(index)
    }
    var target = memory.mutableBytes(at: 0, count: length)
    copyFront(of: index, payloadLength: payloadLength, into: &target)
    target.store(UInt16(truncatingIfNeeded: length), at: 2)
    target.store(UInt16(0), at: 6)
    target.store(UInt16(0), at: 10)
    target.store(target.headerChecksum(at: 0, length: headerLength), at: 10)
    empty(index)
    _ = reassembly.datagrams.remove(at: index)
    counters.ipReasmOKs &+= 1
    if let datagram = try? IPv4View(parsing: memory.bytes(at: 0, count: length)) {
      deliver(datagram, info: FrameInfo(), as: kind, on: interface)
    }
    scratch = consume memory
  }

  /// Copies the header and the first bytes of the payload.
  private func copyFront(
    of index: Int, payloadLength: Int, into target: inout MutableRawSpan
  ) {
    let headerLength = reassembly.datagrams[index].headerLength
    var cursor = buffers.blocks.cursor(in: reassembly.datagrams[index].bytes, at: 0)
    _ = buffers.blocks.copy(headerLength, from: &cursor, into: &target, at: 0)
    cursor = buffers.blocks.cursor(
      in: reassembly.datagrams[index].bytes, at: PartialDatagram.headerRoom)
    _ = buffers.blocks.copy(payloadLength, from: &cursor, into: &target, at: headerLength)
  }

  /// Gives up the datagrams whose time is over.
  mutating func pollReassembly() {
    guard now >= reassembly.nextDeadline else { return }
    for index in 0..<reassembly.datagrams.highWater where reassembly.datagrams.isUsed(index) {
      if now >= reassembly.datagrams[index].deadline { timeOut(index) }
    }
    reassembly.recomputeDeadline()
  }

  private mutating func timeOut(_ index: Int) {
    if !reassembly.datagrams[index].isSpoilt {
      drop(.reassemblyTimeout)
      counters.ipReasmFails &+= 1
      reportTimeout(of: index)
    }
    empty(index)
    _ = reassembly.datagrams.remove(at: index)
  }

  /// RFC 792: the time is reported only if the fragment with the header is there.
  private mutating func reportTimeout(of index: Int) {
    let headerLength = reassembly.datagrams[index].headerLength
    guard headerLength > 0, reassembly.datagrams[index].kind == .unicast,
      var memory = scratch.take()
    else { return }
    let payloadLength = min(reassembly.datagrams[index].frontLength, 512)
    let length = headerLength + payloadLength
    var target = memory.mutableBytes(at: 0, count: length)
    copyFront(of: index, payloadLength: payloadLength, into: &target)
    sendICMPError(
      .reassemblyTimeExceeded, quoting: memory.bytes(at: 0, count: length),
      from: reassembly.datagrams[index].key.destination)
    scratch = consume memory
  }
}
