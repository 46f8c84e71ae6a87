public import MartletDevice
public import MartletFlow

extension OpenFlowAgent {
  // MARK: Ports

  /// Makes a port known, or what has changed of it.
  public mutating func setPort(_ port: PortDescription, now: Instant) {
    if let place = ports.firstIndex(where: { $0.number == port.number }) {
      guard ports[place] != port else { return }
      ports[place] = port
      tell(port, reason: 2, now: now)
    } else {
      let place = ports.firstIndex { $0.number > port.number } ?? ports.count
      ports.insert(port, at: place)
      tell(port, reason: 0, now: now)
    }
  }

  /// Forgets a port.
  public mutating func removePort(_ number: PortNumber, now: Instant) {
    guard let place = ports.firstIndex(where: { $0.number == number }) else { return }
    tell(ports.remove(at: place), reason: 1, now: now)
  }

  private mutating func tell(_ port: PortDescription, reason: UInt8, now: Instant) {
    for place in connections.indices {
      guard let version = wants(place, kind: 1, reason: reason) else { continue }
      var body = ByteWriter()
      body.append(reason)
      body.zeros(7)
      port.encode(version, into: &body)
      write(place, version, .portStatus, body.bytes, now: now)
    }
  }

  // MARK: Frames

  /// Tells controllers of a frame. It goes whole: there are no buffers.
  public mutating func packetIn(_ packet: PacketIn, _ frame: RawSpan, now: Instant) {
    var bytes: [UInt8] = []
    for place in connections.indices {
      guard connections[place].controllerID == packet.controllerID,
        let version = wants(place, kind: 0, reason: packet.reason.rawValue)
      else { continue }
      if connections[place].pendingByteCount > configuration.outputLimit {
        connections[place].dropped &+= 1
        continue
      }
      if bytes.isEmpty { bytes = frame.copied(limit: 65_000) }
      let format = connections[place].packetInFormat
      let body = packet.encode(version, format: format, frame: bytes)
      let type: MessageType = format == 0 ? .packetIn : .experimenter
      write(place, version, type, body, now: now)
    }
  }

  // MARK: Flows

  mutating func flowRemoved(_ removed: RemovedFlow, now: Instant) {
    let flow = removed.flow.specification
    for place in connections.indices {
      guard let version = wants(place, kind: 2, reason: removed.reason.rawValue) else { continue }
      if connections[place].pendingByteCount > configuration.outputLimit {
        connections[place].dropped &+= 1
        continue
      }
      var body = ByteWriter()
      if version == .v10 { flow.match.encode10(into: &body) }
      body.append(flow.cookie)
      body.append(flow.priority)
      body.append(removed.reason.rawValue)
      body.append(version == .v10 ? 0 : flow.table)
      body.append(removed.time - removed.flow.addedAt)
      body.append(flow.idleTimeout)
      body.append(version == .v10 ? 0 : flow.hardTimeout)
      body.append(removed.flow.packetCount)
      body.append(removed.flow.byteCount)
      if version == .v13 { flow.match.encode13(into: &body) }
      write(place, version, .flowRemoved, body.bytes, now: now)
    }
  }

  /// The version of a connection that wants to hear of this; `nil` where it does not.
  private func wants(_ place: Int, kind: Int, reason: UInt8) -> OpenFlowVersion? {
    let connection = connections[place]
    guard connection.end == nil, let version = connection.version else { return nil }
    let mask = connection.asynchronous[kind * 2 + (connection.role == .slave ? 1 : 0)]
    return mask >> UInt32(reason) & 1 != 0 ? version : nil
  }

  mutating func write(
    _ place: Int, _ version: OpenFlowVersion, _ type: MessageType, _ body: [UInt8],
    transaction: UInt32 = 0, now: Instant
  ) {
    connections[place].write(
      OpenFlowMessage.encode(version, type, transaction: transaction, body: body), now: now)
  }
}

extension ByteWriter {
  /// An interval as seconds and nanoseconds of 32 bits each.
  mutating func append(_ interval: Interval) {
    let microseconds = max(0, interval.microseconds)
    append(UInt32(truncatingIfNeeded: microseconds / 1_000_000))
    append(UInt32(truncatingIfNeeded: microseconds % 1_000_000 * 1000))
  }
}

extension RawSpan {
  /// The first bytes as an array.
  func copied(limit: Int) -> [UInt8] {
    let count = min(limit, byteCount)
    return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      for index in 0..<count {
        unsafe buffer[index] = unsafe unsafeLoad(fromByteOffset: index, as: UInt8.self)
      }
      filled = count
    }
  }
}
