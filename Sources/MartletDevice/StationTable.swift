internal import MartletWire

/// Which station was last heard on which port of a `Segment`: four entries to a bucket, the oldest
/// of which gives way, so that no number of forged addresses makes it grow.
struct StationTable {
  private static var bucketCount: Int { 256 }
  private static var bucketSize: Int { 4 }
  /// An address in the high 48 bits and a port, counted from one, in the low 16; 0 is free.
  private var entries = [UInt64](repeating: 0, count: bucketCount * bucketSize)
  /// The entry of each bucket that gives way next.
  private var oldest = [UInt8](repeating: 0, count: bucketCount)

  /// Notes that a station is behind a port.
  mutating func learn(_ station: MACAddress, port: Int) {
    let entry = station.rawValue << 16 | UInt64(truncatingIfNeeded: port + 1)
    let bucket = Self.bucket(of: station)
    let first = bucket * Self.bucketSize
    var free: Int?
    for index in first..<first + Self.bucketSize {
      if entries[index] >> 16 == station.rawValue {
        entries[index] = entry
        return
      }
      if entries[index] == 0 { free = free ?? index }
    }
    if let free {
      entries[free] = entry
    } else {
      entries[first + Int(oldest[bucket])] = entry
      oldest[bucket] = (oldest[bucket] + 1) % UInt8(Self.bucketSize)
    }
  }

  /// The port that a station is behind; `nil` when it was not heard, or long ago.
  func port(of station: MACAddress) -> Int? {
    let first = Self.bucket(of: station) * Self.bucketSize
    for index in first..<first + Self.bucketSize where entries[index] != 0 {
      if entries[index] >> 16 == station.rawValue { return Int(entries[index] & 0xFFFF) - 1 }
    }
    return nil
  }

  /// Forgets the stations behind a port.
  mutating func forget(port: Int) {
    for index in entries.indices where entries[index] & 0xFFFF == UInt64(port + 1) {
      entries[index] = 0
    }
  }

  /// A multiplication spreads addresses that differ in their last bits alone.
  private static func bucket(of station: MACAddress) -> Int {
    Int(truncatingIfNeeded: (station.rawValue &* 0x9E37_79B9_7F4A_7C15) >> 56)
  }
}
