import GRDB
import Glibc
import MartletHub
import Testing

@testable import MartletHome

/// What a hub keeps: whole, sealed, copied and brought back.
@Suite struct HubStoreTests {
  /// A folder of the test's own, gone at its end.
  final class Folder {
    let path: String

    init() {
      var template = Array("/tmp/martlet-home-XXXXXX".utf8CString)
      unsafe mkdtemp(&template)
      path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
      for name in ["hub.sqlite", "hub.sqlite-wal", "hub.sqlite-shm", "hub.key", "backup"] {
        unsafe unlink("\(path)/\(name)")
      }
      unsafe rmdir(path)
    }

    func store() throws -> HubStore { try HubStore(path: path + "/hub.sqlite") }
  }

  static let key = Array(UInt8(0)..<32)

  /// A store with something of most kinds.
  static func fill(_ store: HubStore) throws {
    try store.save(sequence: nil, name: "Lawn", try WateringSequence(parsing: "a60,b30"))
    _ = try store.createRun(device: "g1", name: "Lawn", text: "a60", now: 1000)
    try store.keep(pairing: key, of: "g1", now: 1000)
    try store.keep(.inputs, 2, of: "d1", now: 1000)
    try store.log("Something", device: "g1", now: 1000)
  }

  @Test func backupBringsEverythingBackElsewhere() throws {
    let (here, there) = (Folder(), Folder())
    let store = try here.store()
    try Self.fill(store)
    let contents = try store.backUp(to: here.path + "/backup")
    #expect(contents.contains { $0 == ("pairing", 1) } && contents.contains { $0 == ("run", 1) })
    try HubStore.restore(here.path + "/backup", into: there.path)
    // A backup is one file, also once it was read.
    for end in ["-wal", "-shm", "-journal"] {
      #expect(unsafe access(here.path + "/backup" + end, F_OK) != 0)
    }
    let restored = try there.store()
    try restored.check()
    #expect(try restored.pairingKeys() == ["g1": Self.key])
    #expect(try restored.sequences().map(\.name) == ["Lawn"])
    #expect(try restored.contents().elementsEqual(store.contents(), by: ==))
  }

  @Test func backupReplacesNothing() throws {
    let folder = Folder()
    let store = try folder.store()
    let path = folder.path + "/backup"
    _ = try store.backUp(to: path)
    #expect(throws: HubStore.Unusable.self) { try store.backUp(to: path) }
    #expect(unsafe access(path, F_OK) == 0)
  }

  @Test(arguments: [0, 100, 4096, 20_480])
  func damagedBackupChangesNothing(at offset: Int) throws {
    let folder = Folder()
    try Self.fill(try folder.store())
    let path = folder.path + "/backup"
    _ = try folder.store().backUp(to: path)
    let descriptor = unsafe open(path, O_WRONLY)
    let damage = [UInt8](repeating: 0xA5, count: 3000)
    unsafe pwrite(descriptor, damage, damage.count, off_t(offset))
    close(descriptor)
    #expect(throws: HubStore.Unusable.self) { try HubStore.restore(path, into: folder.path) }
    #expect(try folder.store().pairingKeys() == ["g1": Self.key])
  }

  @Test func plainStoreIsNoBackup() throws {
    let (here, there) = (Folder(), Folder())
    try Self.fill(try here.store())
    #expect(throws: HubStore.Unusable.self) {
      try HubStore.restore(here.path + "/hub.sqlite", into: there.path)
    }
  }

  @Test func keyOfAnotherHubOpensNothing() throws {
    let (here, there) = (Folder(), Folder())
    try Self.fill(try here.store())
    _ = try there.store()
    unsafe rename(there.path + "/hub.key", here.path + "/hub.key")
    #expect(try here.store().pairingKeys().isEmpty)
  }

  // MARK: Seals

  @Test func sealedSecretIsOpenedByItsOwnerAndKeyAlone() throws {
    let seal = try #require(KeySeal(key: Array(UInt8(1)...32)))
    let other = try #require(KeySeal(key: Array(UInt8(2)...33)))
    let sealed = seal.seal(Self.key, of: "g1")
    #expect(seal.open(sealed, of: "g1") == Self.key)
    #expect(seal.open(sealed, of: "g2") == nil && other.open(sealed, of: "g1") == nil)
    #expect(seal.seal(Self.key, of: "g1") != sealed)
    for index in sealed.indices {
      var changed = sealed
      changed[index] ^= 1
      #expect(seal.open(changed, of: "g1") == nil)
    }
    #expect(seal.open(Array(sealed.dropLast()), of: "g1") == nil)
    #expect(seal.open([], of: "g1") == nil)
  }

  // MARK: Samples

  @Test func onlyChangesAreKept() throws {
    let folder = Folder()
    let store = try folder.store()
    for (time, value) in [(10, 1), (20, 1), (30, 0), (40, 1), (50, 1)] {
      try store.keep(.online, value, of: "g1", now: Int64(time))
    }
    #expect(try store.samples(.online, since: 0).map(\.time) == [10, 30, 40])
    // What held when the time begins is told, too.
    #expect(try store.samples(.online, since: 35).map(\.time) == [30, 40])
    try store.closeSamples(now: 60)
    #expect(try store.samples(.online, since: 45).map(\.value) == [1, 0])
  }

  @Test func oldSamplesGoAndWhatHoldsStays() throws {
    let folder = Folder()
    let store = try folder.store()
    try store.keep(.inputs, 1, of: "d1", now: 10)
    try store.keep(.inputs, 2, of: "d1", now: 20)
    try store.keep(.online, 1, of: "d1", now: 30)
    let now = 401 * 86_400 as Int64
    try store.pool.write { try HubStore.prune($0, now: now, last: 3) }
    #expect(try store.samples(.inputs, since: 0).map(\.value) == [2])
    #expect(try store.samples(.online, since: 0).map(\.value) == [1])
  }
}
