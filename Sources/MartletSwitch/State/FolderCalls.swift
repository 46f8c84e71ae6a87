/// What is asked of the file system, one step a call, so that tests can end a process between any
/// two of them.
protocol FolderCalls {
  /// Reads a file; `nil` when there is none.
  func read(_ name: String) throws(StateError) -> [UInt8]?
  /// Makes or empties a file and writes it. May be cut short by a crash.
  func write(_ bytes: [UInt8], to name: String) throws(StateError)
  /// Lets a file's bytes reach the disk.
  func synchronise(_ name: String) throws(StateError)
  /// Puts a file in another's place at once.
  func rename(_ name: String, to other: String) throws(StateError)
  /// Lets the folder's names reach the disk.
  func synchroniseFolder() throws(StateError)
  /// Removes a file, if it is there.
  func remove(_ name: String) throws(StateError)
}
