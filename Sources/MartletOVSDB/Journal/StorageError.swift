/// Why a database file cannot be used: what is wrong with it, and what to do.
public enum StorageError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A system call failed on a path.
  case system(String, path: String, reason: String)
  /// Another process has it open.
  case busy(String)
  /// A record in the middle is damaged.
  case corrupt(offset: Int, reason: String)
  /// The file holds another database.
  case wrongDatabase(found: String, expected: String)
  /// A record says what the schema forbids.
  case badRecord(offset: Int, DatabaseError)

  /// One sentence for a person.
  public var description: String {
    switch self {
    case .system(let call, let path, let reason): "\(path): \(call): \(reason)"
    case .busy(let path):
      "\(path): another server has it open; end that one, or give another file"
    case .corrupt(let offset, let reason):
      "the database file is damaged at byte \(offset) (\(reason)); nothing was changed: restore a "
        + "copy, or cut the file to \(offset) bytes to lose all that came later"
    case .wrongDatabase(let found, let expected):
      "the file holds the database \(found), and \(expected) was expected"
    case .badRecord(let offset, let error):
      "the record at byte \(offset) of the database file cannot be used: \(error)"
    }
  }
}
