internal import MartletFlow

/// A frame that a controller sends, and what is to be done with it.
struct PacketOut {
  var inPort: PortNumber
  var actions: [Action]
  var frame: [UInt8]

  init(reading message: OpenFlowMessage, _ version: OpenFlowVersion) throws(OpenFlowError) {
    var reader = message.body
    let buffer = try reader.read(UInt32.self)
    inPort =
      version == .v10
      ? PortNumber(wire16: try reader.read(UInt16.self)) : PortNumber(try reader.read(UInt32.self))
    let length = Int(try reader.read(UInt16.self))
    if version == .v13 { try reader.skip(6) }
    var list = try reader.take(length)
    actions = try ActionCodec(version).decode(&list)
    guard buffer == 0xffff_ffff else { throw .bufferUnknown }
    if inPort == .any { inPort = .none }
    guard inPort.isPort || inPort == .none || inPort == .controller else { throw .badPort }
    frame = reader.rest()
  }
}
