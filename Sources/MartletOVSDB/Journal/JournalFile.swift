/// A database file in Open vSwitch's own format: `ovsdb-tool` reads it, and a file of Open vSwitch's
/// can be opened.
///
/// A record is appended and synchronised before its transaction is answered. Replacing the records
/// writes a second file beside it, synchronises that, and renames it.
public final class JournalFile: DatabaseStorage {
  /// Where it is.
  public let path: String
  /// How many bytes of a record that was never completed were cut off its end when it was opened.
  public private(set) var tornByteCount = 0
  /// The bytes of the file.
  public private(set) var byteCount = 0
  private var descriptor: FileDescriptor
  private let lock: FileDescriptor
  private var compactedByteCount = 0
  private var isSynchronized = true

  /// Below this a file is not worth rewriting, in bytes.
  static let compactionFloor = 256 * 1024

  /// Opens a file and reads its database, or makes both.
  ///
  /// - Throws: `busy` when another server has it, `corrupt` and the like when it cannot be read; then
  ///   the file is as it was.
  public static func open(
    _ path: String, schema: DatabaseSchema, generator: UUIDGenerator = UUIDGenerator()
  ) throws(StorageError) -> (JournalFile, Database) {
    let file = try JournalFile(path)
    let database = Database(schema, generator: generator)
    try file.load(into: database)
    return (file, database)
  }

  private init(_ path: String) throws(StorageError) {
    self.path = path
    // The name that Open vSwitch's own server locks, so that both cannot have a file at once.
    let cut = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path.utf8.index(after: $0) }
    let start = cut ?? path.startIndex
    lock = try FileDescriptor.open("\(path[..<start]).\(path[start...]).~lock~", creates: true)
    guard lock.lock() else { throw .busy(path) }
    descriptor = try FileDescriptor.open(path, creates: true)
  }

  private func load(into database: Database) throws(StorageError) {
    let bytes = try descriptor.readAll()
    let read = try Self.load(bytes, into: database)
    if read.end < bytes.count {
      tornByteCount = bytes.count - read.end
      try descriptor.truncate(to: read.end)
    }
    byteCount = read.end
    compactedByteCount = read.end
    guard read.end == 0 else { return }
    try append(database.schema.json)
    try synchronize()
    try FileDescriptor.synchronizeFolder(of: path)
  }

  /// Reads the records of a file.
  ///
  /// - Returns: Where the last whole one ends.
  static func load(
    _ bytes: [UInt8], into database: Database
  ) throws(StorageError) -> (end: Int, count: Int) {
    var end = 0
    var count = 0
    while case .record(let json, let next) = try JournalRecord.read(bytes, at: end) {
      if count == 0 {
        let name = json.object?["name"]?.string ?? "without a name"
        guard name == database.schema.name else {
          throw .wrongDatabase(found: name, expected: database.schema.name)
        }
      } else {
        do throws(DatabaseError) {
          try database.replay(json)
        } catch {
          throw .badRecord(offset: end, error)
        }
      }
      count += 1
      end = next
    }
    return (end, count)
  }

  /// Adds a record; what a failed write left is cut off again.
  public func append(_ record: JSONValue) throws(StorageError) {
    let bytes = JournalRecord.bytes(record)
    isSynchronized = false
    do throws(StorageError) {
      try descriptor.write(bytes, at: byteCount)
    } catch {
      try descriptor.truncate(to: byteCount)
      throw error
    }
    byteCount += bytes.count
  }

  /// Waits until the disk has it.
  public func synchronize() throws(StorageError) {
    guard !isSynchronized else { return }
    try descriptor.synchronize()
    isSynchronized = true
  }

  /// Whether it has grown to four times what it was after it was last written anew.
  public var wantsCompaction: Bool {
    byteCount > max(Self.compactionFloor, 4 * compactedByteCount)
  }

  /// Writes a second file and puts it in the first one's place.
  public func replace(_ records: [JSONValue]) throws(StorageError) {
    let temporary = path + ".tmp"
    FileDescriptor.remove(temporary)
    let new = try FileDescriptor.open(temporary, creates: true)
    var bytes: [UInt8] = []
    for record in records { bytes += JournalRecord.bytes(record) }
    do throws(StorageError) {
      try new.write(bytes, at: 0)
      try new.synchronize()
      try FileDescriptor.rename(temporary, to: path)
    } catch {
      FileDescriptor.remove(temporary)
      throw error
    }
    try FileDescriptor.synchronizeFolder(of: path)
    descriptor = new
    byteCount = bytes.count
    compactedByteCount = bytes.count
    isSynchronized = true
  }
}
