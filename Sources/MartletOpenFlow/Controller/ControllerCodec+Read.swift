internal import MartletFlow

extension ControllerCodec {
  /// What a message of the switch says.
  ///
  /// - Throws: When it is shorter than what it says it is; the connection is of no use any more.
  package func read(_ message: OpenFlowMessage) throws(OpenFlowError) -> ControllerEvent {
    guard message.version == version.rawValue else { throw .badVersion }
    var reader = message.body
    switch message.type {
    case .echoRequest: return .echoRequest
    case .featuresReply:
      let id = try reader.read(UInt64.self)
      try reader.skip(16)
      return .features(datapathID: id, ports: version == .v10 ? try ports(&reader) : [])
    case .packetIn: return try packetIn(&reader)
    case .portStatus:
      let reason = try reader.read(UInt8.self)
      try reader.skip(7)
      return .portStatus(reason: reason, try PortDescription(reading: &reader, version))
    case .error:
      let type = try reader.read(UInt16.self)
      return .refusal(OpenFlowRefusal(type: type, code: try reader.read(UInt16.self)))
    case .statisticsReply(version):
      let type = try reader.read(UInt16.self)
      let flags = try reader.read(UInt16.self)
      guard version == .v13, type == 13 else { return .other }
      try reader.skip(4)
      return .ports(try ports(&reader), isLast: flags & 1 == 0)
    case .barrierReply(version): return .barrierReply
    default: return .other
    }
  }

  private func ports(_ reader: inout ByteReader) throws(OpenFlowError) -> [PortDescription] {
    var ports: [PortDescription] = []
    while !reader.isAtEnd { ports.append(try PortDescription(reading: &reader, version)) }
    return ports
  }

  private func packetIn(_ reader: inout ByteReader) throws(OpenFlowError) -> ControllerEvent {
    try reader.skip(4)
    let length = Int(try reader.read(UInt16.self))
    if version == .v10 {
      let port = PortNumber(wire16: try reader.read(UInt16.self))
      let reason = try reader.read(UInt8.self)
      try reader.skip(1)
      return .packetIn(
        frame: reader.rest(), length: length, inPort: port, cookie: .max, reason: reason)
    }
    let reason = try reader.read(UInt8.self)
    try reader.skip(1)
    let cookie = try reader.read(UInt64.self)
    let port = try inPort(&reader)
    try reader.skip(2)
    return .packetIn(
      frame: reader.rest(), length: length, inPort: port, cookie: cookie, reason: reason)
  }

  /// The port that a match of 1.3 names. A switch may say more of a frame than we know, and that is no error.
  private func inPort(_ reader: inout ByteReader) throws(OpenFlowError) -> PortNumber {
    try reader.skip(2)
    let length = Int(try reader.read(UInt16.self))
    guard length >= 4 else { throw .badLength }
    var fields = try reader.take(length - 4)
    try reader.skip((8 - length & 7) & 7)
    var port = PortNumber.none
    while !fields.isAtEnd {
      let header = try fields.read(UInt32.self)
      var value = try fields.take(Int(header & 0xff))
      // OFPXMT_OFB_IN_PORT without a mask.
      if header == 0x8000_0004 { port = PortNumber(try value.read(UInt32.self)) }
    }
    return port
  }
}
