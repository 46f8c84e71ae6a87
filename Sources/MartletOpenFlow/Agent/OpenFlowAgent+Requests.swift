internal import MartletDevice
internal import MartletFlow

extension OpenFlowAgent {
  /// Does what a message asks for; what is wrong with it is answered by the specification's error.
  mutating func handle(
    _ message: OpenFlowMessage, _ place: Int, _ datapath: inout Datapath, now: Instant,
    emit: (FlowOutput, RawSpan, FrameInfo) -> Void
  ) {
    guard let version = connections[place].version else {
      greet(message, place, now: now)
      return
    }
    do throws(OpenFlowError) {
      guard message.version == version.rawValue else { throw .badVersion }
      try answer(message, version, place, &datapath, now: now, emit: emit)
    } catch {
      refuse(message, error, version, place, now: now)
    }
  }

  mutating func refuse(
    _ message: OpenFlowMessage, _ error: OpenFlowError, _ version: OpenFlowVersion, _ place: Int,
    now: Instant
  ) {
    // Errors are not answered by errors: two peers would never end.
    guard message.type != .error else { return }
    connections[place].write(error.message(in: version, refusing: message), now: now)
  }

  /// Agrees on a version: the highest of both bitmaps, or else the lower of both (OpenFlow 1.3.5, 6.3.1).
  private mutating func greet(_ message: OpenFlowMessage, _ place: Int, now: Instant) {
    let common: OpenFlowVersion? =
      message.type == .hello ? Self.version(for: message) : nil
    guard let common else {
      let version = message.version >= 4 ? OpenFlowVersion.v13 : .v10
      connections[place].write(
        OpenFlowError.incompatible.message(in: version, refusing: message), now: now)
      connections[place].end = .noCommonVersion
      return
    }
    connections[place].version = common
  }

  static func version(for hello: OpenFlowMessage) -> OpenFlowVersion? {
    var reader = hello.body
    while reader.remaining >= 4 {
      guard let type = try? reader.read(UInt16.self), let length = try? reader.read(UInt16.self),
        length >= 4, var body = try? reader.take(Int(length) - 4)
      else { break }
      try? reader.skip((8 - Int(length) & 7) & 7)
      guard type == 1, let bits = try? body.read(UInt32.self) else { continue }
      return bits >> 4 & 1 != 0 ? .v13 : bits >> 1 & 1 != 0 ? .v10 : nil
    }
    return hello.version >= 4 ? .v13 : hello.version >= 1 ? .v10 : nil
  }

  private mutating func answer(
    _ message: OpenFlowMessage, _ version: OpenFlowVersion, _ place: Int,
    _ datapath: inout Datapath, now: Instant,
    emit: (FlowOutput, RawSpan, FrameInfo) -> Void
  ) throws(OpenFlowError) {
    let transaction = message.transaction
    switch message.type {
    case .hello, .error, .echoReply: return
    case .echoRequest:
      var body = message.body
      write(place, version, .echoReply, body.rest(), transaction: transaction, now: now)
    case .experimenter: try experimenter(message, version, place, &datapath, now: now)
    case .featuresRequest:
      write(
        place, version, .featuresReply, features(version, datapath), transaction: transaction,
        now: now)
    case .getConfigRequest:
      var body = ByteWriter()
      body.append(connections[place].configFlags)
      body.append(connections[place].missSendLength)
      write(place, version, .getConfigReply, body.bytes, transaction: transaction, now: now)
    case .setConfig: try setConfig(message, version, place)
    case .packetOut:
      try mayChange(place)
      try packetOut(message, version, &datapath, now: now, emit: emit)
    case .flowMod:
      try mayChange(place)
      try change(flowMod(message, version, place), &datapath, now: now)
    case MessageType.portMod(version):
      try mayChange(place)
      try portMod(message, version, &datapath, now: now)
    case MessageType.statisticsRequest(version):
      try statistics(message, version, place, &datapath, now: now)
    case MessageType.barrierRequest(version):
      // All that came before has been done: nothing waits behind an answer.
      write(place, version, .barrierReply(version), [], transaction: transaction, now: now)
    case MessageType.queueConfigRequest(version):
      var reader = message.body
      var body = ByteWriter()
      if version == .v10 {
        let port = try reader.read(UInt16.self)
        guard datapath.port(PortNumber(wire16: port)) != nil else { throw .queueBadPort }
        body.append(port)
        body.zeros(6)
      } else {
        let port = try reader.read(UInt32.self)
        guard port == UInt32.max || datapath.port(PortNumber(port)) != nil else {
          throw .queueBadPort
        }
        body.append(port)
        body.zeros(4)
      }
      write(
        place, version, .queueConfigReply(version), body.bytes, transaction: transaction, now: now)
    default:
      guard version == .v13 else { throw .badType }
      try answer13(message, place, &datapath, now: now)
    }
  }

  private mutating func answer13(
    _ message: OpenFlowMessage, _ place: Int, _ datapath: inout Datapath, now: Instant
  ) throws(OpenFlowError) {
    switch message.type {
    case .groupMod:
      try mayChange(place)
      try groupMod(message, &datapath, now: now)
    case .meterMod:
      try mayChange(place)
      try meterMod(message, &datapath, now: now)
    case .tableMod:
      try mayChange(place)
      var reader = message.body
      let table = try reader.read(UInt8.self)
      try reader.skip(7)
      guard table == 255 || Int(table) < datapath.configuration.tableCount else {
        throw .tableModBadTable
      }
    case .roleRequest: try role(message, place, now: now)
    case .getAsyncRequest:
      var body = ByteWriter()
      for mask in connections[place].asynchronous { body.append(mask) }
      write(
        place, .v13, .getAsyncReply, body.bytes, transaction: message.transaction, now: now)
    case .setAsync:
      var reader = message.body
      guard reader.remaining == 24 else { throw .badLength }
      for index in 0..<6 { connections[place].asynchronous[index] = try reader.read(UInt32.self) }
    default: throw .badType
    }
  }

  /// A slave only looks (OpenFlow 1.3, 6.3.4).
  func mayChange(_ place: Int) throws(OpenFlowError) {
    guard connections[place].role != .slave else { throw .isSlave }
  }

  // MARK: The switch as a whole

  private func features(_ version: OpenFlowVersion, _ datapath: borrowing Datapath) -> [UInt8] {
    var body = ByteWriter()
    body.append(configuration.datapathID)
    // No frame is kept for a controller: each goes whole.
    body.append(UInt32(0))
    body.append(UInt8(datapath.configuration.tableCount))
    body.zeros(3)
    // Flow, table and port statistics; ARP's addresses match (1.0), group statistics (1.3).
    body.append(UInt32(version == .v10 ? 0x87 : 0x0f))
    body.append(UInt32(version == .v10 ? 0xfff : 0))
    if version == .v10 {
      for port in ports { current(port, datapath).encode(.v10, into: &body) }
    }
    return body.bytes
  }

  /// A port with the flags that it has now.
  func current(_ port: PortDescription, _ datapath: borrowing Datapath) -> PortDescription {
    var port = port
    if let forwarding = datapath.port(port.number) { port.flags = forwarding.flags }
    return port
  }

  private mutating func setConfig(
    _ message: OpenFlowMessage, _ version: OpenFlowVersion, _ place: Int
  ) throws(OpenFlowError) {
    var reader = message.body
    guard reader.remaining == 4 else { throw .badLength }
    let flags = try reader.read(UInt16.self)
    let length = try reader.read(UInt16.self)
    guard flags <= 3 else { throw .badConfigFlags }
    // Fragments are matched by what they are, never dropped or put together.
    connections[place].configFlags = 0
    connections[place].missSendLength = length
    // A tool that says how much of a frame it wants wants frames.
    if connections[place].kind == .service {
      connections[place].asynchronous = length > 0 ? [3, 0, 7, 7, 15, 0] : [0, 0, 0, 0, 0, 0]
    }
  }

  // MARK: Changes

  private mutating func packetOut(
    _ message: OpenFlowMessage, _ version: OpenFlowVersion, _ datapath: inout Datapath,
    now: Instant, emit: (FlowOutput, RawSpan, FrameInfo) -> Void
  ) throws(OpenFlowError) {
    let packet = try PacketOut(reading: message, version)
    guard packet.frame.count >= 14 else { throw .badPacket }
    do throws(FlowError) {
      try datapath.send(
        unsafe packet.frame.span.bytes, from: packet.inPort, actions: packet.actions, now: now,
        emit: emit)
    } catch {
      throw OpenFlowError(error)
    }
  }

  func flowMod(
    _ message: OpenFlowMessage, _ version: OpenFlowVersion, _ place: Int
  ) throws(OpenFlowError) -> FlowMod {
    version == .v10
      ? try FlowMod.decode10(message, namesTable: connections[place].namesTable)
      : try FlowMod.decode13(message)
  }

  func change(
    _ mod: FlowMod, _ datapath: inout Datapath, now: Instant
  ) throws(OpenFlowError) {
    if let table = mod.table, Int(table) >= datapath.configuration.tableCount {
      throw .flowBadTable
    }
    do throws(FlowError) {
      switch mod.command {
      case .add: try datapath.add(mod.flow, now: now)
      case .modify, .modifyStrict:
        let count = try datapath.modify(
          mod.filter, actions: mod.flow.actions,
          cookie: mod.addsMissing && mod.cookieMask == 0 ? mod.flow.cookie : nil)
        if count == 0, mod.addsMissing, mod.cookieMask == 0 { try datapath.add(mod.flow, now: now) }
      case .delete, .deleteStrict: datapath.delete(mod.filter, now: now)
      }
    } catch {
      throw OpenFlowError(error)
    }
  }

  private mutating func portMod(
    _ message: OpenFlowMessage, _ version: OpenFlowVersion, _ datapath: inout Datapath,
    now: Instant
  ) throws(OpenFlowError) {
    var reader = message.body
    guard reader.remaining == (version == .v10 ? 24 : 32) else { throw .badLength }
    let number: PortNumber
    if version == .v10 {
      number = PortNumber(wire16: try reader.read(UInt16.self))
    } else {
      number = PortNumber(try reader.read(UInt32.self))
      try reader.skip(4)
    }
    let address = UInt64(truncatingIfNeeded: try reader.read(byteCount: 6, or: .badLength))
    if version == .v13 { try reader.skip(2) }
    let flags = try reader.read(UInt32.self)
    let mask = try reader.read(UInt32.self)
    guard let index = ports.firstIndex(where: { $0.number == number }) else {
      throw .portModBadPort
    }
    guard ports[index].address == address else { throw .portModBadAddress }
    datapath.updatePort(number) {
      $0.flags = BridgePort.Flags(rawValue: $0.flags.rawValue & ~mask | flags & mask)
    }
    var port = ports[index]
    port.flags = datapath.port(number)?.flags ?? []
    setPort(port, now: now)
  }

  private func groupMod(
    _ message: OpenFlowMessage, _ datapath: inout Datapath, now: Instant
  ) throws(OpenFlowError) {
    let mod = try GroupMod(reading: message)
    do throws(FlowError) {
      switch mod.command {
      case .add: try datapath.addGroup(mod.group)
      case .modify: try datapath.modifyGroup(mod.group)
      case .delete: datapath.deleteGroup(mod.id == 0xffff_fffc ? nil : mod.id, now: now)
      }
    } catch {
      throw OpenFlowError(error)
    }
  }

  private func meterMod(
    _ message: OpenFlowMessage, _ datapath: inout Datapath, now: Instant
  ) throws(OpenFlowError) {
    let mod = try MeterMod(reading: message)
    do throws(FlowError) {
      switch mod.command {
      case .add: try datapath.addMeter(mod.meter)
      case .modify: try datapath.modifyMeter(mod.meter)
      case .delete: datapath.deleteMeter(mod.id == MeterMod.all ? nil : mod.id, now: now)
      }
    } catch {
      throw OpenFlowError(error)
    }
  }

  // MARK: Roles

  private mutating func role(
    _ message: OpenFlowMessage, _ place: Int, now: Instant
  ) throws(OpenFlowError) {
    var reader = message.body
    guard reader.remaining == 16 else { throw .badLength }
    let number = try reader.read(UInt32.self)
    try reader.skip(4)
    let wanted = try reader.read(UInt64.self)
    if number != 0 {
      guard let role = ControllerRole(rawValue: number) else { throw .badRole }
      if role != .equal {
        // Compared by distance, so that numbers may wrap (OpenFlow 1.3, 6.3.4).
        if let generation, Int64(bitPattern: wanted &- generation) < 0 { throw .staleGeneration }
        generation = wanted
      }
      take(role, place)
    }
    var body = ByteWriter()
    body.append(connections[place].role.rawValue)
    body.zeros(4)
    body.append(generation ?? .max)
    write(place, .v13, .roleReply, body.bytes, transaction: message.transaction, now: now)
  }

  /// Gives a connection a role; there is one master at most.
  mutating func take(_ role: ControllerRole, _ place: Int) {
    if role == .master {
      for other in connections.indices where connections[other].role == .master {
        connections[other].role = .slave
      }
    }
    connections[place].role = role
  }
}
