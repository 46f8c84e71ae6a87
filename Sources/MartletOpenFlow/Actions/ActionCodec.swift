internal import MartletFlow

/// Actions as lists of bytes, in one version of the protocol.
///
/// Every action is a type, its length, a multiple of 8, and what follows.
struct ActionCodec {
  let version: OpenFlowVersion
  /// The IP protocol of the frames that the flow is for: it tells how ports are named.
  var ipProtocol: UInt8?

  /// Lists within lists may be this deep.
  static let depthLimit = 16

  init(_ version: OpenFlowVersion, for match: borrowing FlowMatch) {
    self.version = version
    ipProtocol = match.exact(.ipProtocol).map { UInt8(truncatingIfNeeded: $0) }
  }

  init(_ version: OpenFlowVersion) {
    self.version = version
    ipProtocol = nil
  }

  // MARK: Reading

  /// Reads actions to the end of `reader`.
  func decode(_ reader: inout ByteReader, depth: Int = 0) throws(OpenFlowError) -> [Action] {
    guard depth < Self.depthLimit else { throw .tooManyActions }
    var actions: [Action] = []
    while !reader.isAtEnd {
      let type = try reader.read(UInt16.self, or: .badActionLength)
      let length = Int(try reader.read(UInt16.self, or: .badActionLength))
      guard length >= 8, length % 8 == 0 else { throw .badActionLength }
      var body = try reader.take(length - 4, or: .badActionLength)
      if type == 0xffff {
        guard try body.read(UInt32.self, or: .badActionLength) == Experimenter.nicira else {
          throw .badActionExperimenter
        }
        actions += try decodeNicira(&body, depth: depth)
      } else if version == .v10 {
        actions.append(try decode10(type, &body))
      } else {
        actions.append(try decode13(type, &body))
      }
      guard actions.count <= 4096 else { throw .tooManyActions }
    }
    return actions
  }

  static func isExact(_ body: ByteReader, _ count: Int) throws(OpenFlowError) {
    guard body.remaining == count else { throw .badActionLength }
  }

  private func decode10(
    _ type: UInt16, _ body: inout ByteReader
  ) throws(OpenFlowError) -> Action {
    let sizes = [4, 4, 4, 4, 12, 12, 4, 4, 4, 4, 4, 12]
    guard Int(type) < sizes.count else { throw .badActionType }
    try Self.isExact(body, sizes[Int(type)])
    switch type {
    case 0:
      let port = PortNumber(wire16: try body.read(UInt16.self))
      return output(port, try body.read(UInt16.self))
    case 1:
      let id = try body.read(UInt16.self)
      guard id < 4096 else { throw .badArgument }
      return .setVLANID(id)
    case 2:
      let priority = try body.read(UInt8.self)
      guard priority < 8 else { throw .badArgument }
      return .setVLANPriority(priority)
    case 3: return .popVLAN
    case 4: return whole(.ethernetSource, try body.read(byteCount: 6, or: .badActionLength))
    case 5: return whole(.ethernetDestination, try body.read(byteCount: 6, or: .badActionLength))
    case 6: return whole(.ipv4Source, UInt128(try body.read(UInt32.self)))
    case 7: return whole(.ipv4Destination, UInt128(try body.read(UInt32.self)))
    case 8:
      let tos = try body.read(UInt8.self)
      guard tos & 3 == 0 else { throw .badArgument }
      return whole(.ipDSCP, UInt128(tos >> 2))
    case 9: return whole(.transportSource, UInt128(try body.read(UInt16.self)))
    case 10: return whole(.transportDestination, UInt128(try body.read(UInt16.self)))
    default:
      let port = PortNumber(wire16: try body.read(UInt16.self))
      try body.skip(6)
      return .enqueue(port, queue: try body.read(UInt32.self))
    }
  }

  private func decode13(
    _ type: UInt16, _ body: inout ByteReader
  ) throws(OpenFlowError) -> Action {
    switch type {
    case 0:
      try Self.isExact(body, 12)
      let port = PortNumber(try body.read(UInt32.self))
      return output(port, try body.read(UInt16.self))
    case 25: return try decodeSetField(&body)
    case 11, 12, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24: try Self.isExact(body, 4)
    default: throw .badActionType
    }
    switch type {
    case 15: return .setMPLSTTL(try body.read(UInt8.self))
    case 16: return .decrementMPLSTTL
    case 17:
      let etherType = try body.read(UInt16.self)
      guard etherType == 0x8100 || etherType == 0x88a8 else { throw .badArgument }
      return .pushVLAN(etherType)
    case 18: return .popVLAN
    case 19:
      let etherType = try body.read(UInt16.self)
      guard etherType == 0x8847 || etherType == 0x8848 else { throw .badArgument }
      return .pushMPLS(etherType)
    case 20: return .popMPLS(try body.read(UInt16.self))
    case 21: return .setQueue(try body.read(UInt32.self))
    case 22: return .group(try body.read(UInt32.self))
    case 23: return whole(.ipTTL, UInt128(try body.read(UInt8.self)))
    case 24: return .decrementTTL
    // Copying TTLs between labels and IP is not there.
    default: throw .badActionType
    }
  }

  func output(_ port: PortNumber, _ maxLength: UInt16) -> Action {
    guard port == .controller else { return .output(port, maxLength: 0) }
    // OFPCML_NO_BUFFER: all of the frame.
    return .controller(maxLength: maxLength == 0xffff ? 0 : maxLength, id: 0, reason: .action)
  }

  func whole(_ field: Field, _ value: UInt128) -> Action {
    .setField(field, value: value, mask: Self.ones(field))
  }

  static func ones(_ field: Field) -> UInt128 {
    field.width == 128 ? .max : (1 << UInt128(field.width)) - 1
  }

  private func decodeSetField(_ body: inout ByteReader) throws(OpenFlowError) -> Action {
    let (group, number, hasMask, length) = try setHeader(&body)
    guard !hasMask else { throw .badSetType }
    let used = 4 + length
    guard body.remaining >= length, body.remaining < length + 8 else { throw .badSetLength }
    let padding = (8 - (4 + used) & 7) & 7
    guard body.remaining == length + padding else { throw .badSetLength }
    if let (fields, size) = ExtensibleMatch.register(group, number) {
      // Two registers are one field here: OXM_OF_PKT_REG.
      guard length == size, fields.count == 2, Field.register(fields.lowerBound) != nil else {
        throw .badSetLength
      }
      throw .badSetType
    }
    guard let code = FieldCode.find(group, number), code.field.isWritable else {
      throw .badSetType
    }
    guard length == code.size else { throw .badSetLength }
    let value = try body.read(byteCount: length, or: .badSetLength)
    guard value & ~(code.ones << code.shift) == 0 else { throw .badSetArgument }
    if code.field == .vlanID, value & 0x1000 == 0 { throw .badSetArgument }
    return whole(code.field, value >> code.shift)
  }

  func setHeader(
    _ body: inout ByteReader
  ) throws(OpenFlowError) -> (group: UInt16, number: UInt8, hasMask: Bool, length: Int) {
    try body.need(4, or: .badSetLength)
    return try ExtensibleMatch.header(&body)
  }
}
