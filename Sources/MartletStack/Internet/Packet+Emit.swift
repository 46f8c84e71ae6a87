internal import MartletDevice
internal import MartletWire

extension Packet {
  /// What one turn at a device's slots came to.
  struct Emission: BitwiseCopyable {
    /// Whether nothing of the packet is left to send.
    var isDone: Bool
    /// The bytes written, link headers included.
    var octetCount: Int
  }

  /// Whether it goes out in fragments where packets may be `mtu` bytes long.
  func needsFragments(mtu: Int) -> Bool { etherType == .ipv4 && bytes.byteCount > mtu }

  /// Writes the packet into the next slots: one, or one for each fragment (RFC 791, section 3.2).
  ///
  /// When the slots run out in mid-packet, `fragmentedCount` remembers how far it came and the
  /// next call goes on from there. The batch must have a slot left.
  mutating func emit(
    into batch: inout TransmitBatch, from blocks: borrowing BlockPool, linkHeaderLength: Int,
    source: MACAddress, mtu: Int
  ) -> Emission {
    if needsFragments(mtu: mtu) {
      return emitFragments(
        into: &batch, from: blocks, linkHeaderLength: linkHeaderLength, source: source, mtu: mtu)
    }
    let length = linkHeaderLength + bytes.byteCount
    // A slot shorter than the MTU is the device's own contradiction: nothing can be sent.
    guard length <= batch.slotCapacity else { return Emission(isDone: true, octetCount: 0) }
    var slot = batch.nextSlot
    writeLinkHeader(into: &slot, length: linkHeaderLength, source: source)
    var cursor = blocks.cursor(in: bytes, at: 0)
    _ = blocks.copy(bytes.byteCount, from: &cursor, into: &slot, at: linkHeaderLength)
    batch.append(length: length)
    return Emission(isDone: true, octetCount: length)
  }

  private func writeLinkHeader(
    into slot: inout MutableRawSpan, length: Int, source: MACAddress
  ) {
    guard length > 0 else { return }
    slot.store(linkDestination, at: 0)
    slot.store(source, at: 6)
    slot.store(etherType.rawValue, at: 12)
  }

  private mutating func emitFragments(
    into batch: inout TransmitBatch, from blocks: borrowing BlockPool, linkHeaderLength: Int,
    source: MACAddress, mtu: Int
  ) -> Emission {
    let header = FragmentHeader(of: blocks.firstBytes(of: bytes))
    let limit = min(mtu, batch.slotCapacity - linkHeaderLength)
    let payloadLength = bytes.byteCount - header.length
    var octetCount = 0
    var cursor = blocks.cursor(in: bytes, at: header.length + Int(fragmentedCount))
    while Int(fragmentedCount) < payloadLength, !batch.isFull {
      let done = Int(fragmentedCount)
      let headerLength = done == 0 ? header.length : header.laterLength
      let room = limit - headerLength
      let left = payloadLength - done
      let count = left <= room ? left : room & ~7
      guard count > 0 else { return Emission(isDone: true, octetCount: octetCount) }
      var slot = batch.nextSlot
      writeLinkHeader(into: &slot, length: linkHeaderLength, source: source)
      header.write(
        blocks.firstBytes(of: bytes), into: &slot, at: linkHeaderLength, payloadOffset: done,
        payloadLength: count, isLast: count == left)
      let payloadPlace = linkHeaderLength + headerLength
      _ = blocks.copy(count, from: &cursor, into: &slot, at: payloadPlace)
      batch.append(length: payloadPlace + count)
      octetCount += payloadPlace + count
      fragmentedCount += Int32(truncatingIfNeeded: count)
    }
    return Emission(isDone: Int(fragmentedCount) >= payloadLength, octetCount: octetCount)
  }
}
