internal import MartletDevice
internal import MartletWire

/// Passing on what a device merged, or a sender left for a device to cut: as the packets that it
/// stands for.
extension Stack {
  /// Whether a packet is longer than the next link takes only because it stands for several.
  func isMerged(_ packet: borrowing IPv4View, info: FrameInfo) -> Bool {
    info.segmentation == .tcpIPv4 && packet.payloadProtocol == .tcp && !packet.isFragment
  }

  /// Cuts a TCP packet at the size that its frame says, or the next link takes, and sends the parts.
  ///
  /// What finds no room is lost, as it would be in a router's queue: TCP sends it again.
  mutating func forwardSegments(
    _ packet: borrowing IPv4View, info: FrameInfo, route: Route, mtu: Int
  ) {
    let headerLength = packet.headerLength
    let segment = packet.payload
    guard let tcp = try? TCPView(parsing: segment) else { return drop(.tcpMalformed) }
    let tcpLength = segment.byteCount - tcp.payload.byteCount
    let overhead = headerLength + tcpLength
    let payload = tcp.payload
    let step = min(Int(info.segmentSize), mtu - overhead)
    guard step > 0, overhead <= buffers.blocks.blockSize, payload.byteCount > 0 else {
      return drop(.ipFragmentationNeeded)
    }
    var offset = 0
    while offset < payload.byteCount {
      let part = payload.extracting(offset..<min(offset + step, payload.byteCount))
      guard hasRoom(for: overhead + part.byteCount, on: route.interface) else {
        return drop(.interfaceQueueFull)
      }
      guard
        let copy = copySegment(packet, headerLengths: (headerLength, tcpLength), part, at: offset)
      else { return drop(.outOfBuffers) }
      counters.ipForwDatagrams &+= 1
      forwardOutput(copy, route: route)
      offset += step
    }
  }

  /// One part with headers of its own, one hop less to live.
  private mutating func copySegment(
    _ packet: borrowing IPv4View, headerLengths: (Int, Int), _ part: RawSpan, at offset: Int
  ) -> Packet? {
    let (headerLength, tcpLength) = headerLengths
    let overhead = headerLength + tcpLength
    let bytes = packet.packet
    let isFirst = offset == 0
    let isLast = overhead + offset + part.byteCount == packet.totalLength
    var sum = InternetChecksum()
    sum.addPseudoHeader(
      source: packet.source, destination: packet.destination, protocol: .tcp,
      length: tcpLength + part.byteCount)
    var copy = Packet()
    let isBuilt = buffers.blocks.appendBlock(of: overhead, to: &copy.bytes) { span in
      span.copy(bytes.extracting(0..<overhead), at: 0)
      span.store(UInt16(truncatingIfNeeded: overhead + part.byteCount), at: 2)
      // Parts of one packet may be fragmented again: each has an identification of its own.
      let identification: UInt16 = bytes.load(at: 4)
      span.store(identification &+ UInt16(truncatingIfNeeded: offset), at: 4)
      span.store(packet.timeToLive - 1, at: 8)
      span.store(UInt16(0), at: 10)
      span.store(span.headerChecksum(at: 0, length: headerLength), at: 10)
      let sequence: UInt32 = bytes.load(at: headerLength + 4)
      span.store(sequence &+ UInt32(truncatingIfNeeded: offset), at: headerLength + 4)
      var flags: UInt8 = bytes.load(at: headerLength + 13)
      // FIN and PSH end the last part; the answer to a congestion mark begins the first.
      if !isLast { flags &= ~0x09 }
      if !isFirst { flags &= ~0x80 }
      span.store(flags, at: headerLength + 13)
      span.store(UInt16(0), at: headerLength + 16)
      sum.add(span.bytes.extracting(headerLength..<overhead))
    }
    guard isBuilt, buffers.blocks.append(part, to: &copy.bytes, sum: &sum) else {
      buffers.release(copy)
      return nil
    }
    buffers.blocks.store(sum.value, in: copy.bytes, at: headerLength + 16)
    return copy
  }
}
