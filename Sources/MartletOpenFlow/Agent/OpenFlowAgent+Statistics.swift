internal import MartletDevice
internal import MartletFlow

/// Statistics: OpenFlow 1.0's requests and 1.3's multipart, which have the same numbers.
extension OpenFlowAgent {
  mutating func statistics(
    _ message: OpenFlowMessage, _ version: OpenFlowVersion, _ place: Int,
    _ datapath: inout Datapath, now: Instant
  ) throws(OpenFlowError) {
    var reader = message.body
    let type = try reader.read(UInt16.self)
    let flags = try reader.read(UInt16.self)
    if version == .v13 { try reader.skip(4) }
    guard flags == 0 else { throw .overflow }
    var reply = StatisticsReply(version, type, transaction: message.transaction)
    switch type {
    case 0: describe(&reply)
    case 1, 2:
      let filter = try flowFilter(&reader, version)
      try check(filter.table, datapath)
      type == 1
        ? list(filter, datapath, &reply, now: now) : sum(filter, datapath, &reply)
    case 3: tables(datapath, &reply)
    case 4: try portCounters(&reader, version, datapath, &reply, now: now)
    case 5: try queues(&reader, version, datapath)
    case 0xffff: try niciraStatistics(&reader, version, datapath, &reply, now: now)
    default:
      guard version == .v13 else { throw .badStatistics }
      try statistics13(type, &reader, datapath, &reply, now: now)
    }
    for part in reply.messages() { connections[place].write(part, now: now) }
  }

  private func statistics13(
    _ type: UInt16, _ reader: inout ByteReader, _ datapath: borrowing Datapath,
    _ reply: inout StatisticsReply, now: Instant
  ) throws(OpenFlowError) {
    switch type {
    case 6, 7: try groups(type, &reader, datapath, &reply, now: now)
    case 8: reply.add { Self.groupFeatures(datapath, &$0) }
    case 9, 10: try meters(type, &reader, datapath, &reply, now: now)
    case 11:
      reply.add { writer in
        writer.append(UInt32(datapath.configuration.meterLimit))
        // Drop and remark; kilobits, packets, bursts, counters.
        writer.append(UInt32(6))
        writer.append(UInt32(15))
        writer.append(UInt8(8))
        writer.append(UInt8(0))
        writer.zeros(2)
      }
    case 12:
      guard reader.isAtEnd else { throw .tableFeaturesNotPermitted }
      for table in 0..<datapath.configuration.tableCount {
        reply.add { TableFeatures.encode(UInt8(table), datapath, into: &$0) }
      }
    case 13:
      for port in ports {
        let port = current(port, datapath)
        reply.add { port.encode(.v13, into: &$0) }
      }
    default: throw .badStatistics
    }
  }

  private func check(
    _ table: UInt8?, _ datapath: borrowing Datapath
  ) throws(OpenFlowError) {
    if let table, Int(table) >= datapath.configuration.tableCount { throw .badTable }
  }

  private func describe(_ reply: inout StatisticsReply) {
    reply.add { writer in
      writer.append(configuration.manufacturer, byteCount: 256)
      writer.append(configuration.hardware, byteCount: 256)
      writer.append(configuration.software, byteCount: 256)
      writer.append("None", byteCount: 32)
      writer.append(configuration.bridge, byteCount: 256)
    }
  }

  // MARK: Flows

  private func flowFilter(
    _ reader: inout ByteReader, _ version: OpenFlowVersion
  ) throws(OpenFlowError) -> FlowFilter {
    var filter = FlowFilter()
    if version == .v10 {
      guard reader.remaining == 44 else { throw .badLength }
      filter.match = try FlowMatch(reading10: &reader)
      filter.table = table(try reader.read(UInt8.self))
      try reader.skip(1)
      let port = try reader.read(UInt16.self)
      filter.outPort = port == 0xffff ? .any : PortNumber(wire16: port)
      return filter
    }
    filter.table = table(try reader.read(UInt8.self))
    try reader.skip(3)
    filter.outPort = PortNumber(try reader.read(UInt32.self))
    let group = try reader.read(UInt32.self)
    filter.outGroup = group == 0xffff_ffff ? nil : group
    try reader.skip(4)
    filter.cookie = try reader.read(UInt64.self)
    filter.cookieMask = try reader.read(UInt64.self)
    filter.match = try FlowMatch(reading: &reader)
    guard reader.isAtEnd else { throw .badLength }
    return filter
  }

  private func table(_ number: UInt8) -> UInt8? { number == 255 ? nil : number }

  private func list(
    _ filter: FlowFilter, _ datapath: borrowing Datapath, _ reply: inout StatisticsReply,
    now: Instant
  ) {
    let version = reply.version
    datapath.forEachFlow(filter) { flow in
      reply.add {
        version == .v10
          ? FlowStatistics.encode10(flow, now: now, into: &$0)
          : FlowStatistics.encode13(flow, now: now, into: &$0)
      }
    }
  }

  private func sum(
    _ filter: FlowFilter, _ datapath: borrowing Datapath, _ reply: inout StatisticsReply
  ) {
    var packets: UInt64 = 0
    var bytes: UInt64 = 0
    var count: UInt32 = 0
    datapath.forEachFlow(filter) { flow in
      packets &+= flow.packetCount
      bytes &+= flow.byteCount
      count += 1
    }
    reply.add { writer in
      writer.append(packets)
      writer.append(bytes)
      writer.append(count)
      writer.zeros(4)
    }
  }

  private func niciraStatistics(
    _ reader: inout ByteReader, _ version: OpenFlowVersion, _ datapath: borrowing Datapath,
    _ reply: inout StatisticsReply, now: Instant
  ) throws(OpenFlowError) {
    guard version == .v10, try reader.read(UInt32.self) == Experimenter.nicira else {
      throw .badExperimenter
    }
    let subtype = try reader.read(UInt32.self)
    guard subtype < 2 else { throw .badExperimenterType }
    try reader.skip(4)
    var filter = FlowFilter()
    let port = try reader.read(UInt16.self)
    filter.outPort = port == 0xffff ? .any : PortNumber(wire16: port)
    let length = Int(try reader.read(UInt16.self))
    filter.table = table(try reader.read(UInt8.self))
    try reader.skip(3)
    var cookie = ExtensibleMatch.Cookie()
    filter.match = try FlowMatch(nicira: &reader, length: length, cookie: &cookie)
    (filter.cookie, filter.cookieMask) = (cookie.value, cookie.mask)
    guard reader.isAtEnd else { throw .badLength }
    try check(filter.table, datapath)
    reply.setNicira(subtype)
    guard subtype == 0 else { return sum(filter, datapath, &reply) }
    datapath.forEachFlow(filter) { flow in
      reply.add { FlowStatistics.encodeNicira(flow, now: now, into: &$0) }
    }
  }

  // MARK: Tables and ports

  private func tables(_ datapath: borrowing Datapath, _ reply: inout StatisticsReply) {
    let version = reply.version
    for table in 0..<datapath.configuration.tableCount {
      let counters = datapath.tableStatistics(table)
      reply.add { writer in
        writer.append(UInt8(table))
        writer.zeros(3)
        if version == .v10 {
          writer.append(TableFeatures.name(table), byteCount: 32)
          writer.append(UInt32((1 << 22) - 1))
          writer.append(UInt32(datapath.configuration.flowLimit))
        }
        writer.append(UInt32(counters.flows))
        writer.append(counters.lookups)
        writer.append(counters.matches)
      }
    }
  }

  private func portCounters(
    _ reader: inout ByteReader, _ version: OpenFlowVersion, _ datapath: borrowing Datapath,
    _ reply: inout StatisticsReply, now: Instant
  ) throws(OpenFlowError) {
    guard reader.remaining == 8 else { throw .badLength }
    let wanted =
      version == .v10
      ? PortNumber(wire16: try reader.read(UInt16.self)) : PortNumber(try reader.read(UInt32.self))
    let isAll = wanted == .any
    guard isAll || datapath.port(wanted) != nil else { throw .badPort }
    for port in datapath.ports where isAll || port.number == wanted {
      reply.add { writer in
        if version == .v10 {
          writer.append(port.number.wire16)
          writer.zeros(6)
        } else {
          writer.append(port.number.rawValue)
          writer.zeros(4)
        }
        let counters = port.counters
        writer.append(counters.receivedPackets)
        writer.append(counters.sentPackets)
        writer.append(counters.receivedBytes)
        writer.append(counters.sentBytes)
        writer.append(counters.droppedOnReceive)
        writer.append(counters.droppedOnSend)
        writer.zeros(48)
        if version == .v13 { writer.append(now - startedAt) }
      }
    }
  }

  /// There are no queues: all of them are an empty list, one is not there.
  private func queues(
    _ reader: inout ByteReader, _ version: OpenFlowVersion, _ datapath: borrowing Datapath
  ) throws(OpenFlowError) {
    guard reader.remaining == 8 else { throw .badLength }
    let port: PortNumber
    if version == .v10 {
      let number = try reader.read(UInt16.self)
      port = number == 0xfffc ? .any : PortNumber(wire16: number)
      try reader.skip(2)
    } else {
      port = PortNumber(try reader.read(UInt32.self))
    }
    guard port == .any || datapath.port(port) != nil else { throw .queueBadPort }
    guard try reader.read(UInt32.self) == UInt32.max else { throw .queueBadQueue }
  }

  // MARK: Groups and meters

  private func groups(
    _ type: UInt16, _ reader: inout ByteReader, _ datapath: borrowing Datapath,
    _ reply: inout StatisticsReply, now: Instant
  ) throws(OpenFlowError) {
    let wanted = type == 6 ? try reader.read(UInt32.self) : 0xffff_fffc
    for group in datapath.groups where wanted == 0xffff_fffc || group.id == wanted {
      reply.add { writer in
        let start = writer.count
        writer.append(UInt16(0))
        if type == 7 {
          writer.append(group.kind.rawValue)
          writer.zeros(1)
          writer.append(group.id)
          for bucket in group.buckets { GroupMod.encode(bucket, into: &writer) }
        } else {
          writer.zeros(2)
          writer.append(group.id)
          writer.zeros(8)
          writer.append(group.packetCount)
          writer.append(group.byteCount)
          writer.append(now - startedAt)
          // What each bucket did is not counted.
          for _ in group.buckets { writer.append([UInt8](repeating: 0xff, count: 16)) }
        }
        writer.setLength(at: start, since: start)
      }
    }
  }

  private static func groupFeatures(_ datapath: borrowing Datapath, _ writer: inout ByteWriter) {
    writer.append(UInt32(15))
    // Weights, liveness, groups in groups with their loops found.
    writer.append(UInt32(15))
    for _ in 0..<4 { writer.append(UInt32(datapath.configuration.groupLimit)) }
    for _ in 0..<4 { writer.append(TableFeatures.actionBits) }
  }

  private func meters(
    _ type: UInt16, _ reader: inout ByteReader, _ datapath: borrowing Datapath,
    _ reply: inout StatisticsReply, now: Instant
  ) throws(OpenFlowError) {
    guard reader.remaining == 8 else { throw .badLength }
    let wanted = try reader.read(UInt32.self)
    let isAll = wanted == MeterMod.all
    guard isAll || datapath.meters.contains(where: { $0.id == wanted }) else {
      throw .unknownMeter
    }
    for meter in datapath.meters where isAll || meter.id == wanted {
      reply.add { writer in
        let start = writer.count
        if type == 10 {
          writer.append(UInt16(0))
          writer.append(MeterMod.flags(of: meter))
          writer.append(meter.id)
          for band in meter.bands { MeterMod.encode(band, into: &writer) }
          writer.setLength(at: start, since: start)
        } else {
          writer.append(meter.id)
          writer.append(UInt16(0))
          writer.zeros(6)
          writer.append(UInt32(0))
          writer.append(meter.packetCount)
          writer.append(meter.byteCount)
          writer.append(now - startedAt)
          for band in meter.bands {
            writer.append(band.packetCount)
            writer.append(band.byteCount)
          }
          writer.setLength(at: start + 4, since: start)
        }
      }
    }
  }
}
