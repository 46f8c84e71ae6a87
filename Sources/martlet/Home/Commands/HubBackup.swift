import ArgumentParser
import MartletHome

/// `martlet hub backup`: all that a hub keeps, in one file that was restored once.
struct HubBackup: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Copy what a hub keeps into a new file, running or not, and rehearse its restore.",
    discussion: """
      The copy is restored once into a folder that is thrown away, and all of it is looked at, before \
      this returns. It holds the keys of paired nodes: keep it as you keep the house's key.
      """)

  @OptionGroup var folder: HubFolderOption

  @Argument(help: ArgumentHelp("The file, which must not be there.", valueName: "file"))
  var file: String

  func run() throws {
    let path = try folder.store()
    try HubFailure.told {
      let contents = try HubStore(path: path).backUp(to: file)
      Terminal.say("\(file): restored once to see that it can be; \(HubFailure.words(contents))")
    }
  }
}

/// `martlet hub restore`: a backup in the place of what a hub keeps.
struct HubRestore: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Put a backup in the place of what a hub keeps. The hub must not run.",
    discussion: "The backup is looked at first; one that is damaged changes nothing.")

  @OptionGroup var folder: HubFolderOption

  @Argument(help: ArgumentHelp("The backup.", valueName: "file"))
  var file: String

  func run() throws {
    let state = try StateFolder(at: folder.path(), of: "a hub")
    try HubFailure.told {
      let contents = try HubStore.rehearse(file)
      try HubStore.restore(file, into: state.path)
      Terminal.say("\(state.path): restored; \(HubFailure.words(contents))")
    }
  }
}

/// `martlet hub check`: whether all of a store is whole.
struct HubCheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Look at all that a hub keeps, running or not, and say whether it is whole.",
    discussion: "A hub does so itself at its start, in short.")

  @OptionGroup var folder: HubFolderOption

  func run() throws {
    let path = try folder.store()
    try HubFailure.told {
      let store = try HubStore(path: path)
      try store.check()
      Terminal.say("\(path): whole; \(HubFailure.words(try store.contents()))")
    }
  }
}

/// What a store's errors mean to a command.
enum HubFailure {
  static func told(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch let error as HubStore.Unusable {
      throw Failure(.badData, error.description)
    }
  }

  static func words(_ contents: HubStore.Contents) -> String {
    contents.filter { $0.rows > 0 }.map { "\($0.rows) in \($0.table)" }.joined(separator: ", ")
  }
}

extension HubFolderOption {
  /// The store in the folder, which must be there.
  func store() throws(Failure) -> String {
    let path = try path() + "/hub.sqlite"
    guard InputFile.exists(path) else {
      throw Failure(.noInput, "\(path): there is no store; --state names the hub's folder")
    }
    return path
  }
}
