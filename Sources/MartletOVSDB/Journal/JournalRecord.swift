/// A record of a database file, in the form that Open vSwitch's tools read and write too: a line with
/// the length and the SHA-1 of what follows, then JSON and a line's end.
///
/// The first record of a file is the schema, every other one a transaction: for each table the rows
/// that changed, `null` for one that was deleted, and of sets and maps only what came or went
/// (`"_is_diff"`).
enum JournalRecord {
  private static let magic = Array("OVSDB JSON ".utf8)

  /// What came next in a file.
  enum Reading {
    case record(JSONValue, end: Int)
    /// The file ends here, in order.
    case end
    /// What follows is the beginning of a record that was never completed.
    case torn
  }

  /// The bytes of a record.
  static func bytes(_ json: JSONValue) -> [UInt8] {
    var data = json.bytes
    data.append(UInt8(ascii: "\n"))
    let header = "\(data.count) \(SHA1.hexadecimal(data))\n"
    return magic + Array(header.utf8) + data
  }

  /// Reads the record at `offset`.
  ///
  /// - Throws: `corrupt` when a record is damaged and others follow, so that it cannot have been torn
  ///   by a crash.
  static func read(_ file: [UInt8], at offset: Int) throws(StorageError) -> Reading {
    guard offset < file.count else { return .end }
    guard let header = header(file, at: offset), header.end + header.length <= file.count else {
      return try torn(file, from: offset)
    }
    let end = header.end + header.length
    let data = file[header.end..<end]
    guard SHA1.hexadecimal(data).utf8.elementsEqual(header.digest) else {
      return try torn(file, from: offset)
    }
    do throws(JSONSyntaxError) {
      return .record(try JSONParser.parse(data), end: end)
    } catch {
      throw .corrupt(offset: offset, reason: error.description)
    }
  }

  private static func header(
    _ file: [UInt8], at offset: Int
  ) -> (length: Int, digest: ArraySlice<UInt8>, end: Int)? {
    guard file[offset...].starts(with: magic) else { return nil }
    let start = offset + magic.count
    guard let lineEnd = file[start...].prefix(64).firstIndex(of: UInt8(ascii: "\n")) else {
      return nil
    }
    let parts = file[start..<lineEnd].split(separator: UInt8(ascii: " "))
    guard parts.count == 2, parts[1].count == 40,
      let length = Int(String(decoding: parts[0], as: UTF8.self)), length > 0
    else { return nil }
    return (length, parts[1], lineEnd + 1)
  }

  /// A crash leaves damage at the end alone. If a whole record follows, it was something else, and
  /// to cut the file there would lose what was acknowledged.
  private static func torn(_ file: [UInt8], from offset: Int) throws(StorageError) -> Reading {
    var next = offset + 1
    while let start = file[next...].firstIndex(of: magic[0]) {
      next = start + 1
      if let header = header(file, at: start), header.end + header.length <= file.count,
        SHA1.hexadecimal(file[header.end..<header.end + header.length]).utf8
          .elementsEqual(header.digest)
      {
        throw .corrupt(offset: offset, reason: "a whole record follows at byte \(start)")
      }
    }
    return .torn
  }
}
