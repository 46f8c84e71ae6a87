/// What keeps a database's records: a file, or memory in tests.
public protocol DatabaseStorage: AnyObject {
  /// Adds a record. It may be lost in a crash until `synchronize` returns.
  ///
  /// - Throws: When it could not be added; then nothing of it is there.
  func append(_ record: JSONValue) throws(StorageError)

  /// Makes what was added safe against a crash of the whole machine.
  ///
  /// - Throws: When the disk does not take it. What was added since the last time may be there or not,
  ///   and nobody can say: the database must not go on.
  func synchronize() throws(StorageError)

  /// Whether so much was added that the records should be replaced by one with all rows.
  var wantsCompaction: Bool { get }

  /// Replaces all records, at once or not at all.
  func replace(_ records: [JSONValue]) throws(StorageError)
}
