import MartletDevice
import Testing

@testable import MartletStack

@Suite("The demultiplexing table")
struct DemuxTableTests {
  @Test("finds what was inserted and nothing that was removed, with colliding hashes")
  func againstModel() {
    var generator = SplitMix64(seed: 11)
    var table = DemuxTable(capacity: 200)
    var model = [Int: UInt32]()
    for _ in 0..<20_000 {
      let index = Int(generator.next() % 200)
      if let hash = model[index] {
        table.remove(hash, DemuxTable.Reference(.connection, index))
        model[index] = nil
      } else {
        // Few hashes, at the table's end too, so that runs collide and wrap.
        let hash = UInt32(truncatingIfNeeded: generator.next() % 24 + 500)
        table.insert(hash, DemuxTable.Reference(.connection, index))
        model[index] = hash
      }
      let count = table.count
      #expect(count == model.count)
    }
    for index in 0..<200 {
      for hash in UInt32(500)..<524 {
        var probe: UInt32?
        var found = false
        while let reference = table.next(hash, after: &probe) {
          if reference == DemuxTable.Reference(.connection, index) { found = true }
        }
        #expect(found == (model[index] == hash))
      }
    }
  }
}
