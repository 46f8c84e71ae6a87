import MartletDevice
import MartletWire
import Testing

@testable import MartletStack

@Suite("What came out of order")
struct OutOfOrderRangesTests {
  @Test("gives back every byte once, in order, however it came", arguments: 1...20)
  func shuffled(seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    var blocks = BlockPool(count: 400, blockSize: 256)
    var ranges = RangePool(count: 300)
    var held = OutOfOrderRanges()
    let origin = SequenceNumber(rawValue: 0xFFFF_FF80)
    let bytes = (0..<4000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    var next = origin
    var queue = BlockChain()
    while next.distance(from: origin) < bytes.count {
      let start = Int(generator.next() % UInt64(bytes.count))
      let count = min(1 + Int(generator.next() % 200), bytes.count - start)
      let behind = next.distance(from: origin) - start
      guard behind < count else { continue }
      let piece = Array(bytes[(start + max(behind, 0))..<start + count])
      let outcome = unsafe held.insert(
        piece.span.bytes, at: origin.advanced(by: start + max(behind, 0)), blocks: &blocks,
        ranges: &ranges)
      #expect(outcome == .kept || outcome == .duplicate)
      if let end = held.takeInOrder(at: next, into: &queue, blocks: &blocks, ranges: &ranges) {
        next = end
      }
      let blockCount = Int(held.blockCount) + Int(queue.blockCount) + blocks.freeCount
      #expect(blockCount == 400)
    }
    let isEmpty = held.isEmpty
    let byteCount = queue.byteCount
    #expect(isEmpty)
    #expect(byteCount == bytes.count)
    var result = [UInt8](repeating: 0, count: bytes.count)
    var bytesOfTarget = result.mutableSpan
    var span = unsafe bytesOfTarget.mutableBytes
    var cursor = blocks.cursor(in: queue, at: 0)
    _ = blocks.copy(bytes.count, from: &cursor, into: &span, at: 0)
    #expect(result == bytes)
    blocks.release(queue.take())
    let freeRanges = ranges.freeCount
    let freeBlocks = blocks.freeCount
    #expect(freeRanges == 300 && freeBlocks == 400)
  }
}
