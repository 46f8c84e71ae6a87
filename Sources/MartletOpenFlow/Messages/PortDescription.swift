public import MartletFlow

/// A port as controllers are told of it.
public struct PortDescription: Equatable, Sendable {
  /// Its number.
  public var number: PortNumber
  /// Its name, cut off after 15 bytes on the wire.
  public var name: String
  /// Its hardware address, in the least 48 bits.
  public var address: UInt64
  /// What it does not do.
  public var flags: BridgePort.Flags
  /// Whether its link is up.
  public var isUp: Bool

  /// Makes one of its parts.
  public init(
    number: PortNumber, name: String, address: UInt64, flags: BridgePort.Flags = [],
    isUp: Bool = true
  ) {
    self.number = number
    self.name = name
    self.address = address
    self.flags = flags
    self.isUp = isUp
  }

  /// Reads one.
  init(
    reading reader: inout ByteReader, _ version: OpenFlowVersion
  ) throws(OpenFlowError) {
    try reader.need(version == .v10 ? 48 : 64, or: .badLength)
    if version == .v10 {
      number = PortNumber(wire16: try reader.read(UInt16.self))
    } else {
      number = PortNumber(try reader.read(UInt32.self))
      try reader.skip(4)
    }
    address = UInt64(truncatingIfNeeded: try reader.read(byteCount: 6, or: .badLength))
    if version == .v13 { try reader.skip(2) }
    name = try reader.text(16)
    flags = BridgePort.Flags(rawValue: try reader.read(UInt32.self))
    isUp = try reader.read(UInt32.self) & 1 == 0
    try reader.skip(version == .v10 ? 16 : 24)
  }

  /// Writes one: 48 bytes in OpenFlow 1.0, 64 in 1.3.
  func encode(_ version: OpenFlowVersion, into writer: inout ByteWriter) {
    if version == .v10 {
      writer.append(number.wire16)
    } else {
      writer.append(number.rawValue)
      writer.zeros(4)
    }
    writer.append(UInt128(address), byteCount: 6)
    if version == .v13 { writer.zeros(2) }
    writer.append(name, byteCount: 16)
    let known: BridgePort.Flags =
      version == .v10 ? BridgePort.Flags(rawValue: 0x7f) : BridgePort.Flags(rawValue: 0x65)
    writer.append(flags.intersection(known).rawValue)
    // OFPPS_LINK_DOWN; OFPPS_LIVE (1.3) is what fast failover looks at.
    writer.append(UInt32(isUp ? (version == .v10 ? 0 : 4) : 1))
    writer.zeros(version == .v10 ? 16 : 24)
  }
}
