internal import MartletFlow

extension FlowMatch {
  /// Reads `ofp_match` of OpenFlow 1.3: type 1, the length without padding, fields, padding to 8.
  init(reading reader: inout ByteReader) throws(OpenFlowError) {
    let type = try reader.read(UInt16.self, or: .badMatchLength)
    guard type == 1 else { throw .badMatchType }
    let length = Int(try reader.read(UInt16.self, or: .badMatchLength))
    guard length >= 4 else { throw .badMatchLength }
    var fields = try reader.take(length - 4, or: .badMatchLength)
    try reader.skip((8 - length & 7) & 7, or: .badMatchLength)
    var cookie = ExtensibleMatch.Cookie()
    self = try ExtensibleMatch.decode(&fields, cookie: &cookie)
    guard cookie.mask == 0 else { throw .badField }
  }

  /// Writes `ofp_match` of OpenFlow 1.3.
  func encode13(into writer: inout ByteWriter) {
    let start = writer.count
    writer.append(UInt16(1))
    writer.append(UInt16(0))
    ExtensibleMatch.encode(self, .openFlow, into: &writer)
    writer.setLength(at: start + 2, since: start)
    writer.pad(since: start)
  }

  /// Reads a match of Nicira's of `length` bytes, and its padding to 8.
  init(
    nicira reader: inout ByteReader, length: Int, cookie: inout ExtensibleMatch.Cookie
  ) throws(OpenFlowError) {
    var fields = try reader.take(length, or: .badMatchLength)
    try reader.skip((8 - length & 7) & 7, or: .badMatchLength)
    self = try ExtensibleMatch.decode(&fields, cookie: &cookie)
  }

  /// Writes a match of Nicira's with padding; returns its length without.
  func encodeNicira(into writer: inout ByteWriter) -> Int {
    let start = writer.count
    ExtensibleMatch.encode(self, .nicira, into: &writer)
    let length = writer.count - start
    writer.pad(since: start)
    return length
  }
}
