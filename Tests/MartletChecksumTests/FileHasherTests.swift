import Foundation
import MartletChecksum
import MartletDigest
import Synchronization
import Testing

@Suite struct FileHasherTests {
  /// A folder that goes with the test.
  final class Folder {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("martlet-\(UUID().uuidString)")

    init() throws {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func write(_ contents: [UInt8], to name: String) throws -> [UInt8] {
      let file = url.appendingPathComponent(name)
      try Data(contents).write(to: file)
      return Array(file.path.utf8)
    }

    func name(_ name: String) -> [UInt8] { Array(url.appendingPathComponent(name).path.utf8) }
  }

  /// A lone file is read by a second thread where there is a core for it, and hashed the same.
  @Test(arguments: [
    0, 1, 262_143, 262_144, 262_145, 524_288, 1_048_576, 1_310_720, 3_000_001, 5_000_000,
  ])
  func loneFileIsReadAhead(length: Int) throws {
    let folder = try Folder()
    let contents = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 11 &+ $0 >> 9) }
    let name = try folder.write(contents, to: "file")
    for workerCount in [1, 2] {
      let digests = Mutex<[SHA256Digest?]>([])
      let read = Atomic(0)
      FileHasher(names: [name], workerCount: workerCount).run(
        progress: { read.add($0, ordering: .relaxed) },
        body: { _, outcome in
          digests.withLock { $0.append(try? outcome.get()) }
          return true
        })
      #expect(digests.withLock { $0 } == [SHA256.hash(data: contents)])
      #expect(read.load(ordering: .relaxed) == length)
    }
  }

  @Test(arguments: [1, 2, 5])
  func manyFilesComeBackInOrder(workerCount: Int) throws {
    let folder = try Folder()
    var names: [[UInt8]] = []
    var expected: [SHA256Digest?] = []
    for index in 0..<40 {
      // Lengths around the size of a read, and some files that are not there.
      let length = [0, 1, 63, 64, 1000, 262_143, 262_144, 262_145, 600_000][index % 9]
      let contents = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ index) }
      if index % 7 == 3 {
        names.append(folder.name("missing-\(index)"))
        expected.append(nil)
      } else {
        names.append(try folder.write(contents, to: "\(index)"))
        expected.append(SHA256.hash(data: contents))
      }
    }
    let results = Mutex<[(Int, FileHasher.Outcome)]>([])
    let read = Atomic(0)
    FileHasher(names: names, workerCount: workerCount).run(
      progress: { read.add($0, ordering: .relaxed) },
      body: { index, outcome in
        results.withLock { $0.append((index, outcome)) }
        return true
      })
    let outcomes = results.withLock { $0 }
    #expect(outcomes.map(\.0) == Array(0..<40))
    #expect(outcomes.map { try? $0.1.get() } == expected)
    for (index, outcome) in outcomes where expected[index] == nil {
      guard case .failure(let failure) = outcome else {
        Issue.record("file \(index) is not there")
        continue
      }
      #expect(failure.isMissing && failure.reason == "No such file or directory")
    }
    let sizes = names.compactMap { FileHasher.size(of: $0) }
    #expect(read.load(ordering: .relaxed) == sizes.reduce(0, +))
  }

  @Test func aDirectoryIsNoFile() throws {
    let folder = try Folder()
    let outcomes = Mutex<[FileHasher.Outcome]>([])
    FileHasher(names: [Array(folder.url.path.utf8)], workerCount: 1).run(
      progress: { _ in },
      body: { _, outcome in
        outcomes.withLock { $0.append(outcome) }
        return true
      })
    guard case .failure(let failure)? = outcomes.withLock({ $0.first }) else {
      Issue.record("a directory has no digest")
      return
    }
    #expect(failure.isDirectory && failure.reason == "Is a directory")
    #expect(FileHasher.size(of: Array(folder.url.path.utf8)) == nil)
  }

  @Test(arguments: [1, 3])
  func nothingIsHandedOutOnceNobodyWantsIt(workerCount: Int) throws {
    let folder = try Folder()
    let names = try (0..<50).map { try folder.write([UInt8($0)], to: "\($0)") }
    let count = Mutex(0)
    FileHasher(names: names, workerCount: workerCount).run(
      progress: { _ in },
      body: { index, _ in
        count.withLock { $0 += 1 }
        return index < 4
      })
    #expect(count.withLock { $0 } == 5)
  }
}
