/// The counts at the head of each block of a time zone's file (RFC 9636, section 3.1).
struct TZifHeader {
  static var length: Int { 44 }

  let version: UInt8
  let utcCount: Int, standardCount: Int, leapCount: Int
  let timeCount: Int, typeCount: Int, nameLength: Int

  init(_ bytes: [UInt8], at start: Int) throws(TimeZoneError) {
    guard start + Self.length <= bytes.count else { throw .truncated }
    guard Array(bytes[start..<start + 4]) == [0x54, 0x5A, 0x69, 0x66] else { throw .notTZif }
    version = bytes[start + 4]
    func count(_ index: Int) -> Int { Int(bytes.bigEndian(4, at: start + 20 + 4 * index)) }
    utcCount = count(0)
    standardCount = count(1)
    leapCount = count(2)
    timeCount = count(3)
    typeCount = count(4)
    nameLength = count(5)
    guard typeCount <= 256, timeCount <= 65_536, leapCount <= 65_536, nameLength <= 65_536,
      utcCount <= 256, standardCount <= 256
    else { throw .malformed }
  }

  /// The bytes that follow, with times of 4 or 8 bytes.
  func bodyLength(timeLength: Int) -> Int {
    timeCount * (timeLength + 1) + typeCount * 6 + nameLength + leapCount * (timeLength + 4)
      + standardCount + utcCount
  }
}

extension [UInt8] {
  /// A number of up to 8 bytes; the caller has checked that they are there.
  func bigEndian(_ count: Int, at start: Int) -> Int64 {
    var value: UInt64 = 0
    for byte in self[start..<start + count] { value = value << 8 | UInt64(byte) }
    return Int64(bitPattern: value)
  }
}
