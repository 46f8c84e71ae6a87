internal import MartletFlow

/// `ofp_match` of OpenFlow 1.0, 40 bytes: fixed fields, and the bits that say which do not count.
extension FlowMatch {
  private enum Wild {
    static let inPort: UInt32 = 1
    static let vlan: UInt32 = 1 << 1
    static let source: UInt32 = 1 << 2
    static let destination: UInt32 = 1 << 3
    static let type: UInt32 = 1 << 4
    static let proto: UInt32 = 1 << 5
    static let transportSource: UInt32 = 1 << 6
    static let transportDestination: UInt32 = 1 << 7
    static let priority: UInt32 = 1 << 20
    static let tos: UInt32 = 1 << 21
    static let all: UInt32 = (1 << 22) - 1
  }

  /// Reads one. Fields that a frame of its kind has not are let go, as the specification has it.
  init(reading10 reader: inout ByteReader) throws(OpenFlowError) {
    self.init()
    try reader.need(40, or: .badLength)
    let wild = try reader.read(UInt32.self) & Wild.all
    func counts(_ bit: UInt32) -> Bool { wild & bit == 0 }
    let port = try reader.read(UInt16.self)
    if counts(Wild.inPort) { set(.inPort, UInt128(PortNumber(wire16: port).rawValue)) }
    let source = try reader.read(byteCount: 6, or: .badLength)
    if counts(Wild.source) { set(.ethernetSource, source) }
    let destination = try reader.read(byteCount: 6, or: .badLength)
    if counts(Wild.destination) { set(.ethernetDestination, destination) }
    let vlan = try reader.read(UInt16.self)
    let priority = try reader.read(UInt8.self)
    setTag(
      vlan: counts(Wild.vlan) ? vlan : nil, priority: counts(Wild.priority) ? priority : nil)
    try reader.skip(1)
    let type = try reader.read(UInt16.self)
    let tos = try reader.read(UInt8.self)
    let proto = try reader.read(UInt8.self)
    try reader.skip(2)
    let networkSource = try reader.read(UInt32.self)
    let networkDestination = try reader.read(UInt32.self)
    let ports = (try reader.read(UInt16.self), try reader.read(UInt16.self))
    guard counts(Wild.type) else { return }
    set(.etherType, UInt128(type))
    guard type == 0x0800 || type == 0x0806 || type == 0x8035 else { return }
    let isIP = type == 0x0800
    if counts(Wild.proto) { set(isIP ? .ipProtocol : .arpOperation, UInt128(proto)) }
    if isIP, counts(Wild.tos) { set(.ipDSCP, UInt128(tos >> 2)) }
    setAddress(isIP ? .ipv4Source : .arpSenderAddress, networkSource, ignored: wild >> 8 & 63)
    setAddress(
      isIP ? .ipv4Destination : .arpTargetAddress, networkDestination, ignored: wild >> 14 & 63)
    guard isIP, counts(Wild.proto) else { return }
    switch proto {
    case 6, 17, 132:
      if counts(Wild.transportSource) { set(.transportSource, UInt128(ports.0)) }
      if counts(Wild.transportDestination) { set(.transportDestination, UInt128(ports.1)) }
    case 1:
      if counts(Wild.transportSource) { set(.icmpType, UInt128(ports.0)) }
      if counts(Wild.transportDestination) { set(.icmpCode, UInt128(ports.1)) }
    default: break
    }
  }

  private mutating func setTag(vlan: UInt16?, priority: UInt8?) {
    if vlan == 0xffff { return set(.vlanTCI, 0) }
    let tag = UInt128(vlan.map { $0 & 0xfff } ?? 0) | UInt128((priority ?? 0) & 7) << 13 | 0x1000
    let mask: UInt128 = (vlan == nil ? 0 : 0xfff) | (priority == nil ? 0 : 0xe000)
    if mask != 0 { set(.vlanTCI, tag, mask: mask | 0x1000) }
  }

  private mutating func setAddress(_ field: Field, _ value: UInt32, ignored: UInt32) {
    guard ignored < 32 else { return }
    set(field, UInt128(value), mask: UInt128(UInt32.max << ignored))
  }

  /// Whether this form can hold it: then reading what is written gives it back.
  var fits10: Bool {
    var writer = ByteWriter()
    encode10(into: &writer)
    var reader = ByteReader(writer.bytes)
    return (try? FlowMatch(reading10: &reader)) == self
  }

  /// Writes one; what the form cannot hold is left out.
  func encode10(into writer: inout ByteWriter) {
    var wild = Wild.all
    func value(_ field: Field, _ bit: UInt32) -> UInt128 {
      guard let value = exact(field) else { return 0 }
      wild &= ~bit
      return value
    }
    let port = PortNumber(UInt32(truncatingIfNeeded: value(.inPort, Wild.inPort))).wire16
    let source = value(.ethernetSource, Wild.source)
    let destination = value(.ethernetDestination, Wild.destination)
    let type = value(.etherType, Wild.type)
    let (vlan, priority) = tag10(&wild)
    let isIP = type == 0x0800
    let isARP = type == 0x0806 || type == 0x8035
    let tos = isIP ? value(.ipDSCP, Wild.tos) << 2 : 0
    let proto =
      isIP ? value(.ipProtocol, Wild.proto) : isARP ? value(.arpOperation, Wild.proto) : 0
    // 63 of 64 bits are not in the type: the counts stand alone, and above 31 nothing counts.
    wild |= 0x3f << 8 | 0x3f << 14
    let networkSource = isIP || isARP ? address(.ipv4Source, 8, &wild) : 0
    let networkDestination = isIP || isARP ? address(.ipv4Destination, 14, &wild) : 0
    var ports: (UInt128, UInt128) = (0, 0)
    if isIP, wild & Wild.proto == 0 {
      switch proto {
      case 6, 17, 132:
        ports = (
          value(.transportSource, Wild.transportSource),
          value(.transportDestination, Wild.transportDestination)
        )
      case 1:
        ports = (
          value(.icmpType, Wild.transportSource), value(.icmpCode, Wild.transportDestination)
        )
      default: break
      }
    }
    writer.append(wild)
    writer.append(port)
    writer.append(source, byteCount: 6)
    writer.append(destination, byteCount: 6)
    writer.append(vlan)
    writer.append(priority)
    writer.zeros(1)
    writer.append(UInt16(truncatingIfNeeded: type))
    writer.append(UInt8(truncatingIfNeeded: tos))
    writer.append(UInt8(truncatingIfNeeded: proto))
    writer.zeros(2)
    writer.append(networkSource)
    writer.append(networkDestination)
    writer.append(UInt16(truncatingIfNeeded: ports.0))
    writer.append(UInt16(truncatingIfNeeded: ports.1))
  }

  private func tag10(_ wild: inout UInt32) -> (UInt16, UInt8) {
    guard let (tci, mask) = self[.vlanTCI] else { return (0, 0) }
    if tci == 0, mask & 0x1000 != 0 {
      wild &= ~Wild.vlan
      return (0xffff, 0)
    }
    var result: (UInt16, UInt8) = (0, 0)
    if mask & 0xfff == 0xfff {
      wild &= ~Wild.vlan
      result.0 = UInt16(truncatingIfNeeded: tci & 0xfff)
    }
    if mask & 0xe000 == 0xe000 {
      wild &= ~Wild.priority
      result.1 = UInt8(truncatingIfNeeded: tci >> 13)
    }
    return result
  }

  private func address(_ field: Field, _ shift: UInt32, _ wild: inout UInt32) -> UInt32 {
    guard let (value, mask) = self[field] else { return 0 }
    let bits = UInt32(truncatingIfNeeded: mask)
    let ignored = UInt32(bits.trailingZeroBitCount)
    guard bits == UInt32.max << ignored else { return 0 }
    wild = wild & ~(0x3f << shift) | ignored << shift
    return UInt32(truncatingIfNeeded: value)
  }
}
