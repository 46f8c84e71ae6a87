internal import MartletFlow

/// Matches of fields in any number: OpenFlow 1.2's and Nicira's.
enum ExtensibleMatch {
  /// What a match of Nicira's may demand of a cookie, too.
  struct Cookie {
    var value: UInt64 = 0
    var mask: UInt64 = 0
  }

  /// Reads fields to the end of `reader`.
  static func decode(
    _ reader: inout ByteReader, cookie: inout Cookie
  ) throws(OpenFlowError) -> FlowMatch {
    var match = FlowMatch()
    var seen: [UInt32] = []
    while !reader.isAtEnd {
      let (group, number, hasMask, length) = try header(&reader)
      let key = FieldCode.key(group, number)
      guard !seen.contains(key) else { throw .duplicateField }
      seen.append(key)
      var value = try reader.take(length, or: .badMatchLength)
      // NXM_NX_COOKIE has the number of NXM_NX_MPLS_TTL, and another length.
      if group == 1, number == 30, length == (hasMask ? 16 : 8) {
        cookie.value = try value.read(UInt64.self)
        cookie.mask = hasMask ? try value.read(UInt64.self) : .max
        continue
      }
      if let (fields, size) = register(group, number) {
        try decodeRegister(fields, size, hasMask, &value, &match)
        continue
      }
      guard let code = FieldCode.find(group, number) else { throw .badField }
      if group == FieldCode.experimenter {
        guard try value.read(UInt32.self, or: .badMatchLength) == Experimenter.onf else {
          throw .badField
        }
      }
      try decode(code, hasMask, &value, &match)
    }
    return match
  }

  /// The class, number, mask bit and length of a field's header.
  static func header(
    _ reader: inout ByteReader
  ) throws(OpenFlowError) -> (group: UInt16, number: UInt8, hasMask: Bool, length: Int) {
    let group = try reader.read(UInt16.self, or: .badMatchLength)
    let byte = try reader.read(UInt8.self, or: .badMatchLength)
    let length = try reader.read(UInt8.self, or: .badMatchLength)
    return (group, byte >> 1, byte & 1 != 0, Int(length))
  }

  private static func decode(
    _ code: FieldCode, _ hasMask: Bool, _ reader: inout ByteReader, _ match: inout FlowMatch
  ) throws(OpenFlowError) {
    guard reader.remaining == code.size * (hasMask ? 2 : 1) else { throw .badMatchLength }
    guard code.isMaskable || !hasMask else { throw .badMask }
    var value = try reader.read(byteCount: code.size, or: .badMatchLength)
    var mask = code.ones << code.shift
    if hasMask {
      // Bits beyond the field may be in a mask of all ones.
      mask = try reader.read(byteCount: code.size, or: .badMatchLength)
      guard value & ~mask == 0 else { throw .badWildcards }
      mask &= code.ones << code.shift
    }
    guard code.isAllowed(in: match) else { throw .badPrerequisite }
    guard value & ~(code.ones << code.shift) == 0 else { throw .badValue }
    value >>= code.shift
    mask >>= code.shift
    switch code.field {
    case .inPort where code.group == 0:
      value = UInt128(PortNumber(wire16: UInt16(truncatingIfNeeded: value)).rawValue)
    case .vlanTCI where value & 0x1000 == 0 && value & mask != 0: throw .badValue
    case .vlanID where !hasMask && value & 0x1000 == 0 && value != 0: throw .badValue
    // An untagged frame has no priority either: the whole tag is known.
    case .vlanID where !hasMask && value == 0:
      match.set(.vlanTCI, 0)
      return
    default: break
    }
    if mask != 0 { match.add(code.field, value, mask: mask) }
  }

  /// The 32-bit registers of which a larger one is made, and its size.
  static func register(_ group: UInt16, _ number: UInt8) -> (fields: ClosedRange<Int>, size: Int)? {
    if group == 0x8001, number < 8 { return (Int(number) * 2...Int(number) * 2 + 1, 8) }
    if group == 1, (111...114).contains(number) {
      let first = Int(number - 111) * 4
      return (first...first + 3, 16)
    }
    return nil
  }

  private static func decodeRegister(
    _ fields: ClosedRange<Int>, _ size: Int, _ hasMask: Bool, _ reader: inout ByteReader,
    _ match: inout FlowMatch
  ) throws(OpenFlowError) {
    guard reader.remaining == size * (hasMask ? 2 : 1) else { throw .badMatchLength }
    let value = try reader.read(byteCount: size, or: .badMatchLength)
    let mask = hasMask ? try reader.read(byteCount: size, or: .badMatchLength) : .max
    guard value & ~mask == 0 else { throw .badWildcards }
    for index in fields {
      let shift = UInt128(fields.upperBound - index) * 32
      let bits = mask >> shift & 0xffff_ffff
      guard let field = Field.register(index), bits != 0 else { continue }
      match.add(field, value >> shift & 0xffff_ffff, mask: bits)
    }
  }

  // MARK: Writing

  /// The fields in an order in which each comes after what it needs.
  private static let order: [Field] = [
    .inPort, .ethernetDestination, .ethernetSource, .etherType, .vlanID, .vlanPriority, .mplsLabel,
    .mplsTrafficClass, .mplsBottom, .mplsTTL, .ipDSCP, .ipECN, .ipTTL, .ipFragment, .ipv4Source,
    .ipv4Destination, .ipv6Source, .ipv6Destination, .ipv6FlowLabel, .ipv6ExtensionHeaders,
    .ipProtocol, .transportSource, .transportDestination, .tcpFlags, .icmpType, .icmpCode,
    .icmpv6Type, .icmpv6Code, .ndTarget, .ndSourceMAC, .ndTargetMAC, .arpOperation,
    .arpSenderAddress, .arpTargetAddress, .arpSenderMAC, .arpTargetMAC, .tunnelID, .tunnelSource,
    .tunnelDestination, .packetMark, .metadata, .trackState, .trackZone, .trackMark, .trackLabel,
    .conjunctionID, .register0, .register1, .register2, .register3, .register4, .register5,
    .register6, .register7, .register8, .register9, .register10, .register11, .register12,
    .register13, .register14, .register15,
  ]

  /// Writes the fields of a match.
  static func encode(
    _ match: borrowing FlowMatch, _ family: FieldCode.Family, into writer: inout ByteWriter
  ) {
    let ipProtocol = match.exact(.ipProtocol).map { UInt8(truncatingIfNeeded: $0) }
    for field in order {
      guard let (value, mask) = match[field] else { continue }
      if field == .vlanID, family == .nicira { continue }
      if field == .vlanPriority {
        encodeVLANPriority(match, family, into: &writer)
        continue
      }
      guard let code = FieldCode.choose(field, family, ipProtocol: ipProtocol),
        code.isAllowed(in: match)
      else { continue }
      encode(code, value, mask, into: &writer)
    }
    if family == .nicira, match[.vlanPriority] == nil { encodeTag(match, into: &writer) }
  }

  private static func encodeVLANPriority(
    _ match: borrowing FlowMatch, _ family: FieldCode.Family, into writer: inout ByteWriter
  ) {
    guard family == .openFlow else { return encodeTag(match, into: &writer) }
    // Without a tag there is no priority to speak of.
    guard let (value, mask) = match[.vlanPriority], mask == 7,
      let code = FieldCode.find(FieldCode.basic, 7), code.isAllowed(in: match)
    else { return }
    encode(code, value, mask, into: &writer)
  }

  private static func encodeTag(_ match: borrowing FlowMatch, into writer: inout ByteWriter) {
    guard let (value, mask) = match[.vlanTCI], let code = FieldCode.find(0, 4) else { return }
    encode(code, value, mask, into: &writer)
  }

  static func encode(
    _ code: FieldCode, _ value: UInt128, _ mask: UInt128, into writer: inout ByteWriter
  ) {
    let isWhole = mask & code.ones == code.ones
    let isExtra = code.group == FieldCode.experimenter
    writer.append(code.group)
    writer.append(code.number << 1 | (isWhole ? 0 : 1))
    writer.append(UInt8(code.size * (isWhole ? 1 : 2) + (isExtra ? 4 : 0)))
    if isExtra { writer.append(Experimenter.onf) }
    var value = value
    if code.field == .inPort, code.size == 2 {
      value = UInt128(PortNumber(UInt32(truncatingIfNeeded: value)).wire16)
    }
    writer.append(value << code.shift, byteCount: code.size)
    if !isWhole { writer.append(mask << code.shift, byteCount: code.size) }
  }
}
