internal import MartletHouse

/// What a switch keeps in its folder, so that a crash at any instant leaves the state before or
/// after a change, never one between.
///
/// A file is replaced as a whole: written beside, brought to the disk, renamed, and the folder
/// brought to the disk. What a crash leaves beside is removed at the next start.
struct StateStore<Folder: FolderCalls> {
  /// The files.
  enum File: String, CaseIterable {
    /// Bridges and ports with their numbers.
    case configuration = "switch.yaml"
    /// The flows of all bridges.
    case flows = "flows.txt"

    fileprivate var beside: String { rawValue + ".new" }
  }

  let folder: Folder

  /// Removes what a crash has left.
  init(_ folder: Folder) throws(StateError) {
    self.folder = folder
    for file in File.allCases { try folder.remove(file.beside) }
  }

  /// The text of a file; `nil` when there is none.
  func load(_ file: File) throws(StateError) -> String? {
    try folder.read(file.rawValue).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Replaces a file. When it throws, the file is what it was.
  func save(_ text: String, as file: File) throws(StateError) {
    do {
      try folder.write(Array(text.utf8), to: file.beside)
      try folder.synchronise(file.beside)
      try folder.rename(file.beside, to: file.rawValue)
    } catch {
      // A full disk: what was begun only takes room.
      try? folder.remove(file.beside)
      throw error
    }
    try folder.synchroniseFolder()
  }
}

extension StateStore: Sendable where Folder: Sendable {}
