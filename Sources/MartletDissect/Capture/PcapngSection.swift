internal import MartletDevice
internal import MartletWire

/// A section of a pcapng file: its byte order and the interfaces described so far.
struct PcapngSection: Sendable {
  /// The type of the block that begins a section, the same in both byte orders.
  static var magic: UInt32 { 0x0A0D_0D0A }
  static var byteOrderMagic: UInt32 { 0x1A2B_3C4D }

  /// The kinds of blocks.
  enum BlockType {
    static var interface: UInt32 { 1 }
    static var oldPacket: UInt32 { 2 }
    static var simplePacket: UInt32 { 3 }
    static var statistics: UInt32 { 5 }
    static var enhancedPacket: UInt32 { 6 }
  }

  /// The options that count here.
  enum OptionCode {
    static var flags: UInt16 { 2 }
    /// Of a statistics block: `isb_ifdrop`.
    static var missed: UInt16 { 5 }
    static var timeResolution: UInt16 { 9 }
    static var timeOffset: UInt16 { 14 }
  }

  struct Interface: Sendable {
    var linkType: LinkType
    /// The most bytes kept of a packet; 0 for all.
    var snapLength: Int
    var resolution = TimeResolution.microseconds
    /// Seconds to add to every time.
    var timeOffset: Int64 = 0
    /// The packets that were missed, as was said last.
    var missedCount: UInt64 = 0
  }

  private var order = ByteOrder.little
  private var interfaces: [Interface] = []

  /// The packets that whoever captured has missed.
  var missedCount: UInt64 { interfaces.reduce(0) { $0 &+ $1.missedCount } }

  /// Reads the block that begins `bytes`.
  mutating func block(in bytes: RawSpan) throws(CaptureError.Problem) -> CaptureReader.Step {
    guard bytes.byteCount >= 12 else { return .needs(12) }
    let type = order.load(UInt32.self, from: bytes, at: 0)
    if type == Self.magic { try begin(byteOrderMagic: bytes.load(at: 8)) }
    let length = Int(order.load(UInt32.self, from: bytes, at: 4))
    guard length >= Self.minimumLength(of: type), length % 4 == 0,
      length <= CaptureReader.maximumBlockLength
    else { throw .badBlockLength(length) }
    guard bytes.byteCount >= length else { return .needs(length) }
    let last = Int(order.load(UInt32.self, from: bytes, at: length - 4))
    guard last == length else { throw .unequalBlockLengths(length, last) }
    return .took(length, try packet(type, bytes.extracting(0..<length)))
  }

  private static func minimumLength(of type: UInt32) -> Int {
    switch type {
    case magic: 28
    case BlockType.interface: 20
    case BlockType.oldPacket, BlockType.enhancedPacket: 32
    case BlockType.simplePacket: 16
    case BlockType.statistics: 24
    default: 12
    }
  }

  private mutating func begin(byteOrderMagic: UInt32) throws(CaptureError.Problem) {
    switch byteOrderMagic {
    case Self.byteOrderMagic: order = .big
    case Self.byteOrderMagic.byteSwapped: order = .little
    default: throw .unknownByteOrder(byteOrderMagic)
    }
    interfaces = []
  }

  /// Reads a whole block; `nil` when it is no packet.
  private mutating func packet(
    _ type: UInt32, _ block: RawSpan
  ) throws(CaptureError.Problem) -> CapturedPacket? {
    switch type {
    case Self.magic: try checkVersion(block)
    case BlockType.interface: try addInterface(block)
    case BlockType.statistics: try readStatistics(block)
    case BlockType.simplePacket: return try simplePacket(block)
    case BlockType.enhancedPacket:
      return try packet(block, of: Int(order.load(UInt32.self, from: block, at: 8)))
    case BlockType.oldPacket:
      return try packet(block, of: Int(order.load(UInt16.self, from: block, at: 8)))
    default: break
    }
    return nil
  }

  private func checkVersion(_ block: RawSpan) throws(CaptureError.Problem) {
    let major = order.load(UInt16.self, from: block, at: 12)
    guard major == 1 else {
      let minor = order.load(UInt16.self, from: block, at: 14)
      throw .unknownVersion(major: Int(major), minor: Int(minor))
    }
  }

  private mutating func addInterface(_ block: RawSpan) throws(CaptureError.Problem) {
    guard interfaces.count < CaptureReader.maximumInterfaceCount else { throw .tooManyInterfaces }
    var interface = Interface(
      linkType: LinkType(rawValue: order.load(from: block, at: 8)),
      snapLength: Int(order.load(UInt32.self, from: block, at: 12)))
    var options = PcapngOptions(block.extracting(16..<block.byteCount - 4), order: order)
    while let option = try options.next() {
      if option.code == OptionCode.timeResolution, option.value.byteCount == 1 {
        let exponent: UInt8 = option.value.load(at: 0)
        guard let resolution = TimeResolution(rawValue: exponent) else {
          throw .badTimeResolution(Int(exponent))
        }
        interface.resolution = resolution
      } else if option.code == OptionCode.timeOffset, option.value.byteCount == 8 {
        interface.timeOffset = Int64(
          bitPattern: order.load(UInt64.self, from: option.value, at: 0))
      }
    }
    interfaces.append(interface)
  }

  private mutating func readStatistics(_ block: RawSpan) throws(CaptureError.Problem) {
    let number = Int(order.load(UInt32.self, from: block, at: 8))
    guard interfaces.indices.contains(number) else { throw .unknownInterface(number) }
    var options = PcapngOptions(block.extracting(20..<block.byteCount - 4), order: order)
    while let option = try options.next() {
      guard option.code == OptionCode.missed, option.value.byteCount == 8 else { continue }
      interfaces[number].missedCount = order.load(UInt64.self, from: option.value, at: 0)
    }
  }

  private func simplePacket(_ block: RawSpan) throws(CaptureError.Problem) -> CapturedPacket {
    guard let interface = interfaces.first else { throw .unknownInterface(0) }
    let original = Int(order.load(UInt32.self, from: block, at: 8))
    let limit = interface.snapLength == 0 ? Int.max : interface.snapLength
    let kept = min(original, limit, block.byteCount - 16)
    guard kept <= CaptureReader.maximumPacketLength else { throw .badPacketLength(kept) }
    return CapturedPacket(
      [UInt8](copying: block.extracting(12..<12 + kept)), time: nil,
      linkType: interface.linkType, originalLength: original)
  }

  private func packet(
    _ block: RawSpan, of number: Int
  ) throws(CaptureError.Problem) -> CapturedPacket {
    guard interfaces.indices.contains(number) else { throw .unknownInterface(number) }
    let interface = interfaces[number]
    let kept = Int(order.load(UInt32.self, from: block, at: 20))
    guard kept <= block.byteCount - 32, kept <= CaptureReader.maximumPacketLength else {
      throw .badPacketLength(kept)
    }
    let high = UInt64(order.load(UInt32.self, from: block, at: 12))
    let units = high << 32 | UInt64(order.load(UInt32.self, from: block, at: 16))
    var packet = CapturedPacket(
      [UInt8](copying: block.extracting(28..<28 + kept)),
      time: interface.resolution.time(units, offset: interface.timeOffset),
      linkType: interface.linkType, interface: number,
      originalLength: Int(order.load(UInt32.self, from: block, at: 24)))
    let optionsStart = min(28 + (kept + 3) & ~3, block.byteCount - 4)
    var options = PcapngOptions(
      block.extracting(optionsStart..<block.byteCount - 4), order: order)
    while let option = try options.next() {
      guard option.code == OptionCode.flags, option.value.byteCount == 4 else { continue }
      switch order.load(UInt32.self, from: option.value, at: 0) & 3 {
      case 1: packet.direction = .received
      case 2: packet.direction = .sent
      default: break
      }
    }
    return packet
  }
}
