import Testing

@testable import MartletSwitch

struct StateStoreTests {
  /// A file system in memory that loses what was not brought to the disk, and ends the process
  /// before or in the middle of a step.
  private final class Disk: FolderCalls {
    struct Killed: Error {}

    /// What a process sees.
    var files: [String: [UInt8]] = [:]
    /// What a crash leaves: contents that were synchronised, under names that were.
    private var synchronised: [String: [UInt8]] = [:]
    private var durable: [String: [UInt8]] = [:]
    var stepsLeft = Int.max
    private(set) var steps = 0

    private func step() throws(StateError) {
      steps += 1
      guard stepsLeft > 0 else { throw StateError(path: "", problem: "killed") }
      stepsLeft -= 1
    }

    func read(_ name: String) -> [UInt8]? { files[name] }

    func write(_ bytes: [UInt8], to name: String) throws(StateError) {
      do throws(StateError) {
        try step()
      } catch {
        files[name] = Array(bytes.prefix(bytes.count / 2))
        throw error
      }
      files[name] = bytes
      synchronised[name] = nil
    }

    func synchronise(_ name: String) throws(StateError) {
      try step()
      synchronised[name] = files[name]
    }

    func rename(_ name: String, to other: String) throws(StateError) {
      try step()
      files[other] = files.removeValue(forKey: name)
      synchronised[other] = synchronised.removeValue(forKey: name)
    }

    func synchroniseFolder() throws(StateError) {
      try step()
      durable = files.mapValues { _ in [] }
      for name in files.keys { durable[name] = synchronised[name] ?? [] }
    }

    func remove(_ name: String) throws(StateError) {
      guard stepsLeft > 0 else { throw StateError(path: "", problem: "killed") }
      files[name] = nil
      synchronised[name] = nil
    }

    /// The power fails: names may have reached the disk or not, contents only when synchronised.
    func crash(keepingNames: Bool) {
      if keepingNames {
        for (name, bytes) in files where synchronised[name] == nil {
          files[name] = Array(bytes.prefix(1))
        }
      } else {
        files = durable
        synchronised = durable
      }
      stepsLeft = .max
    }
  }

  @Test(arguments: 0..<5, [true, false])
  func killAtEachStepLeavesOldOrNew(step: Int, keepingNames: Bool) throws {
    let disk = Disk()
    try StateStore(disk).save("old text", as: .configuration)
    disk.stepsLeft = step
    let isSaved = (try? StateStore(disk).save("new text", as: .configuration)) != nil
    disk.crash(keepingNames: keepingNames)

    let store = try StateStore(disk)
    let text = try store.load(.configuration)
    #expect(text == "old text" || text == "new text")
    if isSaved { #expect(text == "new text") }
    #expect(disk.files.keys.sorted() == ["switch.yaml"])
  }

  @Test func everyStepIsKilledOnce() throws {
    let disk = Disk()
    try StateStore(disk).save("text", as: .flows)
    #expect(disk.steps == 4)
  }

  @Test func fullDiskLeavesTheFileAndNothingBeside() throws {
    let disk = Disk()
    let store = try StateStore(disk)
    try store.save("old", as: .flows)
    // Fails in the middle of the write, and removes what was begun.
    final class Full: FolderCalls {
      let disk: Disk
      init(_ disk: Disk) { self.disk = disk }
      func read(_ name: String) -> [UInt8]? { disk.read(name) }
      func write(_ bytes: [UInt8], to name: String) throws(StateError) {
        try disk.write(Array(bytes.prefix(1)), to: name)
        throw StateError(path: name, problem: "no space left")
      }
      func synchronise(_ name: String) throws(StateError) { try disk.synchronise(name) }
      func rename(_ name: String, to other: String) throws(StateError) {
        try disk.rename(name, to: other)
      }
      func synchroniseFolder() throws(StateError) { try disk.synchroniseFolder() }
      func remove(_ name: String) throws(StateError) { try disk.remove(name) }
    }
    #expect(throws: StateError.self) { try StateStore(Full(disk)).save("new", as: .flows) }
    #expect(try store.load(.flows) == "old")
    #expect(disk.files.count == 1)
  }
}
