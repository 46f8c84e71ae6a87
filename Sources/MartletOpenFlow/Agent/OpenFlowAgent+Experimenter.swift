internal import MartletDevice
internal import MartletFlow

extension OpenFlowAgent {
  /// Answers messages of Nicira and, for bundles, of the ONF.
  mutating func experimenter(
    _ message: OpenFlowMessage, _ version: OpenFlowVersion, _ place: Int,
    _ datapath: inout Datapath, now: Instant
  ) throws(OpenFlowError) {
    var reader = message.body
    let vendor = try reader.read(UInt32.self)
    let subtype = try reader.read(UInt32.self)
    switch vendor {
    case Experimenter.nicira:
      try nicira(subtype, &reader, message, version, place, &datapath, now: now)
    case Experimenter.onf where subtype == 2300:
      try bundleControl(&reader, message, version, place, &datapath, now: now)
    case Experimenter.onf where subtype == 2301:
      try bundleAdd(&reader, message, version, place)
    case Experimenter.onf: throw .badExperimenterType
    default: throw .badExperimenter
    }
  }

  private mutating func nicira(
    _ subtype: UInt32, _ reader: inout ByteReader, _ message: OpenFlowMessage,
    _ version: OpenFlowVersion, _ place: Int, _ datapath: inout Datapath, now: Instant
  ) throws(OpenFlowError) {
    switch subtype {
    // The role: a number of its own for each, and no generation.
    case 10:
      guard reader.remaining == 4 else { throw .badLength }
      let number = try reader.read(UInt32.self)
      guard let role = ControllerRole(rawValue: number &+ 1) else { throw .badRole }
      take(role, place)
      var body = ByteWriter()
      body.append(Experimenter.nicira)
      body.append(UInt32(11))
      body.append(number)
      write(
        place, version, .experimenter, body.bytes, transaction: message.transaction, now: now)
    // The form of flows: both are always understood.
    case 12:
      guard reader.remaining == 4 else { throw .badLength }
      let format = try reader.read(UInt32.self)
      guard format == 0 || format == 2 else { throw .notPermitted }
    case 13:
      try mayChange(place)
      let mod = try FlowMod.decodeNicira(&reader, namesTable: connections[place].namesTable)
      try change(mod, &datapath, now: now)
    case 15:
      guard reader.remaining == 8 else { throw .badLength }
      connections[place].namesTable = try reader.read(UInt8.self) != 0
    case 16:
      guard reader.remaining == 4 else { throw .badLength }
      let format = try reader.read(UInt32.self)
      guard format <= 2 else { throw .notPermitted }
      connections[place].packetInFormat = format
    // Ages of flows: told always.
    case 18: return
    case 19:
      guard reader.remaining == 24 else { throw .badLength }
      for index in 0..<6 { connections[place].asynchronous[index] = try reader.read(UInt32.self) }
    case 20:
      guard reader.remaining == 8 else { throw .badLength }
      try reader.skip(6)
      connections[place].controllerID = try reader.read(UInt16.self)
    default: throw .badExperimenterType
    }
  }
}
