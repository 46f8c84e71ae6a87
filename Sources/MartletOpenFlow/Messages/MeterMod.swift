internal import MartletFlow

/// A meter-mod, and the bands in it (OpenFlow 1.3, 7.3.4.4).
struct MeterMod {
  enum Command: UInt16 { case add = 0, modify, delete }

  static let all: UInt32 = 0xffff_ffff

  var command: Command
  var id: UInt32
  var meter: Meter

  init(reading message: OpenFlowMessage) throws(OpenFlowError) {
    var reader = message.body
    guard let command = Command(rawValue: try reader.read(UInt16.self)) else {
      throw .badMeterCommand
    }
    let flags = try reader.read(UInt16.self)
    self.command = command
    id = try reader.read(UInt32.self)
    guard (1...0xffff_0000).contains(id) || command == .delete && id == Self.all else {
      throw .invalidMeter
    }
    guard flags & ~15 == 0, flags & 3 != 3 else { throw .badMeterFlags }
    var bands: [Meter.Band] = []
    while !reader.isAtEnd {
      let type = try reader.read(UInt16.self)
      guard try reader.read(UInt16.self) == 16 else { throw .badLength }
      let rate = try reader.read(UInt32.self)
      let burst = try reader.read(UInt32.self)
      let level = try reader.read(UInt8.self)
      try reader.skip(3)
      guard type == 1 || type == 2 else { throw .badBand }
      guard type == 1 || level <= 2 else { throw .badBandValue }
      bands.append(
        Meter.Band(
          rate: rate, burst: flags & 4 == 0 ? 0 : burst, effect: type == 1 ? .drop : .remark(level))
      )
      guard bands.count <= 8 else { throw OpenFlowError(type: 12, code: 11) }
    }
    meter = Meter(
      id: id, unit: flags & 2 != 0 ? .packetsPerSecond : .kilobitsPerSecond, bands: bands)
  }

  /// The flags that say what a meter is.
  static func flags(of meter: Meter) -> UInt16 {
    (meter.unit == .packetsPerSecond ? 2 : 1) | (meter.bands.contains { $0.burst > 0 } ? 4 : 0) | 8
  }

  static func encode(_ band: Meter.Band, into writer: inout ByteWriter) {
    var level: UInt8 = 0
    var type: UInt16 = 1
    if case .remark(let levels) = band.effect {
      level = levels
      type = 2
    }
    writer.append(type)
    writer.append(UInt16(16))
    writer.append(band.rate)
    writer.append(band.burst)
    writer.append(level)
    writer.zeros(3)
  }
}
