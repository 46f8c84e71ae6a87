import MartletDevice
import MartletWire
import Testing

@testable import MartletStack

@Suite("Blocks and their rows")
struct BlockPoolTests {
  private func content(of chain: borrowing BlockChain, _ pool: borrowing BlockPool) -> [UInt8] {
    var bytes = [UInt8](repeating: 0xEE, count: chain.byteCount)
    var cursor = pool.cursor(in: chain, at: 0)
    var bytesOfTarget = bytes.mutableSpan
    var span = unsafe bytesOfTarget.mutableBytes
    _ = pool.copy(chain.byteCount, from: &cursor, into: &span, at: 0)
    return bytes
  }

  @Test("hold what is appended, cut at both ends and joined, as an array would")
  func againstArray() {
    var generator = SplitMix64(seed: 3)
    var pool = BlockPool(count: 64, blockSize: 256)
    var chain = BlockChain()
    var model = [UInt8]()
    for step in 0..<4000 {
      let count = Int(generator.next() % 700)
      switch generator.next() % 5 {
      case 0, 1:
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &+ step) }
        let taken = unsafe pool.append(bytes.span.bytes, to: &chain)
        model.append(contentsOf: bytes.prefix(taken))
        let isFull = pool.freeCount == 0
        #expect(taken == count || isFull)
      case 2:
        pool.dropFirst(count, of: &chain)
        model.removeFirst(min(count, model.count))
      case 3:
        pool.dropLast(count / 4, of: &chain)
        model.removeLast(min(count / 4, model.count))
      default:
        var other = BlockChain()
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 ^ step) }
        let taken = unsafe pool.append(bytes.span.bytes, to: &other)
        pool.join(other, to: &chain)
        model.append(contentsOf: bytes.prefix(taken))
      }
      let byteCount = chain.byteCount
      let blockCount = Int(chain.blockCount) + pool.freeCount
      #expect(byteCount == model.count)
      #expect(blockCount == 64)
    }
    let held = content(of: chain, pool)
    #expect(held == model)
    pool.release(chain.take())
    let freeCount = pool.freeCount
    #expect(freeCount == 64)
  }

  @Test("keep a cursor's place while the row is cut before it and grows behind it")
  func cursorStays() {
    var pool = BlockPool(count: 16, blockSize: 256)
    var chain = BlockChain()
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0) }
    _ = unsafe pool.append(bytes.span.bytes, to: &chain)
    var cursor = pool.cursor(in: chain, at: 600)
    pool.dropFirst(599, of: &chain)
    _ = unsafe pool.append(bytes.span.bytes, to: &chain)
    var target = [UInt8](repeating: 0, count: 1400)
    var bytesOfTarget = target.mutableSpan
    var span = unsafe bytesOfTarget.mutableBytes
    var sum = InternetChecksum()
    let copied = pool.copy(1400, from: &cursor, into: &span, at: 0, sum: &sum)
    #expect(copied == 1400)
    #expect(target == Array(bytes[600...] + bytes))
    #expect(unsafe sum.value == InternetChecksum.of(target.span.bytes))
    pool.release(chain.take())
  }

  @Test("a promise of blocks is kept against everybody else")
  func grants() {
    var pool = BlockPool(count: 4, blockSize: 256)
    let first = pool.grant(upTo: 3)
    let second = pool.grant(upTo: 3)
    let available = pool.availableCount
    #expect(first == 3 && second == 1 && available == 0)
    let chain = BlockChain()
    let none = pool.hasRoom(for: 1, in: chain)
    #expect(!none)
    pool.endGrant(of: 4)
    let all = pool.hasRoom(for: 1024, in: chain)
    let more = pool.hasRoom(for: 1025, in: chain)
    #expect(all && !more)
  }
}
