import MartletDevice
import MartletWire
import Testing

@testable import MartletStack

@Suite("What was sent")
struct SentRangesTests {
  private func number(_ value: UInt32) -> SequenceNumber { SequenceNumber(rawValue: value) }

  @Test("agrees byte by byte with a model, over random sending, SACK, loss and acknowledgment")
  func againstModel() {
    enum Mark { case open, sacked, lost }
    var generator = SplitMix64(seed: 5)
    var pool = RangePool(count: 2000)
    var ranges = SentRanges()
    // Near the wrap of sequence numbers on purpose.
    let origin: UInt32 = 0xFFFF_FF00
    var marks = [Mark]()
    var acknowledged = 0
    var time: Int64 = 1
    func at(_ offset: Int) -> SequenceNumber { number(origin).advanced(by: offset) }
    for _ in 0..<5000 {
      time += 1
      let now = Instant(microseconds: time)
      let end = acknowledged + marks.count
      let spot = Int(generator.next() % UInt64(max(marks.count, 1)))
      let length = min(1 + Int(generator.next() % 40), marks.count - spot)
      // Few enough ranges that the limit for one connection, which has a test of its own, is far.
      let covered = marks.count > 600 ? marks.count / 2 : length
      var delivery = SentRanges.Delivery()
      switch generator.next() % 6 {
      case 0, 1:
        let count = 1 + Int(generator.next() % 60)
        ranges.append(from: at(end), to: at(end + count), at: now, in: &pool)
        marks.append(contentsOf: repeatElement(Mark.open, count: count))
      case 2 where length > 0:
        ranges.markSacked(
          from: at(acknowledged + spot), to: at(acknowledged + spot + length), in: &pool,
          delivery: &delivery)
        let fresh = marks[spot..<spot + length].filter { $0 != .sacked }.count
        #expect(delivery.count == fresh)
        for index in spot..<spot + length { marks[index] = .sacked }
      case 3 where length > 0:
        ranges.acknowledge(upTo: at(acknowledged + covered), in: &pool, delivery: &delivery)
        #expect(delivery.count == marks[0..<covered].filter { $0 != .sacked }.count)
        marks.removeFirst(covered)
        acknowledged += covered
      case 4:
        ranges.markAllLost(forgettingSACK: false, in: &pool)
        for index in marks.indices where marks[index] == .open { marks[index] = .lost }
      default:
        guard let lost = ranges.firstLost(in: pool) else { break }
        let first = marks.firstIndex(of: .lost)
        #expect(first.map { at(acknowledged + $0) } == lost.start)
        let count = min(7, lost.end.distance(from: lost.start))
        ranges.retransmit(from: lost.start, to: lost.start.advanced(by: count), at: now, in: &pool)
        if let first { for index in first..<first + count { marks[index] = .open } }
      }
      let sacked = Int(ranges.sackedCount)
      let lost = Int(ranges.lostCount)
      #expect(sacked == marks.filter { $0 == .sacked }.count)
      #expect(lost == marks.filter { $0 == .lost }.count)
    }
    ranges.removeAll(in: &pool)
    let freeCount = pool.freeCount
    #expect(freeCount == 2000)
  }

  @Test("takes for lost what was sent long enough before what arrived, and says when to look again")
  func rack() {
    var pool = RangePool(count: 16)
    var ranges = SentRanges()
    for index in 0..<4 {
      let start = number(UInt32(index) * 100)
      ranges.append(
        from: start, to: start.advanced(by: 100),
        at: Instant(milliseconds: 10 * Int64(index + 1)), in: &pool)
    }
    var delivery = SentRanges.Delivery()
    ranges.markSacked(from: number(300), to: number(400), in: &pool, delivery: &delivery)
    #expect(delivery.sentAt == Instant(milliseconds: 40))
    let wait = ranges.markLost(
      sentBefore: delivery.sentAt, delivery.end, patience: .milliseconds(55),
      now: Instant(milliseconds: 70), in: &pool)
    // Sent at 10: lost at 65. Sent at 20 and 30: at 75 and 85.
    let lostCount = ranges.lostCount
    #expect(lostCount == 100)
    #expect(wait == .milliseconds(15))
  }
}
