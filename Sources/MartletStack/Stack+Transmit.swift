public import MartletDevice
internal import MartletWire

extension Stack {
  /// Fills the slots that a device lends with what waits for them.
  ///
  /// Waiting packets and connections take turns, so that neither starves the other.
  public mutating func transmit(
    into batch: inout TransmitBatch, on id: InterfaceID, now: Instant
  ) {
    advance(to: now)
    guard let interface = try? index(of: id) else { return }
    while !batch.isFull {
      let sentPacket = transmitQueued(into: &batch, on: interface)
      let sentSegments = transmitReady(into: &batch, on: interface)
      guard sentPacket || sentSegments else { return }
    }
  }

  /// Sends the first waiting packet, or the next fragments of it; false when none waits.
  private mutating func transmitQueued(
    into batch: inout TransmitBatch, on interface: Int
  ) -> Bool {
    guard !interfaces[interface].queue.isEmpty, !batch.isFull else { return false }
    let mtu = interfaces[interface].maximumTransmissionUnit
    let source = interfaces[interface].capabilities.linkAddress
    let linkLength = interfaces[interface].linkHeaderLength
    let before = batch.count
    let first = interfaces[interface].queue.head
    let (emission, isFragmented) = buffers.withPacket(at: first) { packet, blocks in
      let emission = packet.emit(
        into: &batch, from: blocks, linkHeaderLength: linkLength, source: source, mtu: mtu)
      return (emission, packet.fragmentedCount > 0)
    }
    let frameCount = UInt64(truncatingIfNeeded: batch.count - before)
    interfaces[interface].counters.outFrames &+= frameCount
    interfaces[interface].counters.outOctets &+= UInt64(truncatingIfNeeded: emission.octetCount)
    if isFragmented {
      counters.ipFragCreates &+= frameCount
      if emission.isDone { counters.ipFragOKs &+= 1 }
    }
    if emission.isDone { finishFirst(on: interface) }
    return batch.count > before || emission.isDone
  }

  /// Takes a packet that was sent off its queue.
  private mutating func finishFirst(on interface: Int) {
    if let packet = buffers.dequeue(from: &interfaces[interface].queue) {
      buffers.release(packet)
    }
    // Half empty, not merely not full: who waits is woken once for many datagrams.
    if interfaces[interface].hasWaitingSenders,
      interfaces[interface].queue.count <= configuration.interfaceQueueLimit / 2,
      interfaces[interface].queue.byteCount <= configuration.interfaceQueueByteLimit / 2
    {
      resumeSenders(on: interface)
    }
  }
}
