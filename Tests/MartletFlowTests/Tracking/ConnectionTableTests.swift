import MartletDevice
import Testing

@testable import MartletFlow

@Suite struct ConnectionTableTests {
  static let key = SipHash(key0: 1, key1: 2)

  /// Random changes against an array: both tuples are found, the oldest gives way, everything goes in time.
  @Test(arguments: 0..<4)
  func randomChangesAreAsTheModelSays(seed: Int) {
    struct Known {
      var number: Int32
      var port: UInt16
      var isAssured: Bool
      var deadline: Instant
    }
    var generator = SplitMix64(seed: UInt64(seed))
    var table = ConnectionTable(capacity: 32, countsZones: true, key: Self.key)
    var model: [Known] = []
    var now = Instant(milliseconds: 0)
    for round in 0..<4000 {
      switch Int.random(in: 0..<5, using: &generator) {
      case 0, 1:
        let port = UInt16.random(in: 1...100, using: &generator)
        guard !model.contains(where: { $0.port == port }) else { continue }
        let deadline = now + .seconds(.random(in: 1...50, using: &generator))
        let original = Self.tuple(port)
        let number = table.insert(
          Connection(original: original, reply: original.inverted, deadline: deadline))
        #expect((number == nil) == (model.count == 32))
        guard let number else { continue }
        model.append(Known(number: number, port: port, isAssured: false, deadline: deadline))
      case 2:
        guard let place = model.indices.randomElement(using: &generator) else { continue }
        model[place].isAssured = true
        let deadline = now + .seconds(.random(in: 1...50, using: &generator))
        model[place].deadline = deadline
        table.update(model[place].number) {
          $0.isAssured = true
          $0.deadline = deadline
        }
      case 3:
        guard let place = model.indices.randomElement(using: &generator) else { continue }
        table.remove(model.remove(at: place).number)
      default:
        now = now + .seconds(.random(in: 0...5, using: &generator))
        let removed = table.expire(now: now, budget: 1000)
        let before = model.count
        model.removeAll { $0.deadline <= now }
        #expect(removed == before - model.count)
      }
      #expect(table.count == model.count && table.count(in: 3) == model.count)
      #expect(table.firstToGiveWay == model.first { !$0.isAssured }?.number)
      if let first = model.map(\.deadline).min() {
        // Never late: it may be early, for a deadline that has moved.
        #expect(table.nextDeadline.map { $0 <= first } == true)
      }
      guard round.isMultiple(of: 16) else { continue }
      for port in UInt16(1)...100 {
        let number = model.first { $0.port == port }?.number
        #expect(table.find(Self.tuple(port))?.number == number)
        #expect(table.find(Self.tuple(port).inverted)?.number == number)
      }
    }
  }

  private static func tuple(_ port: UInt16) -> ConnectionTuple {
    var tuple = ConnectionTuple()
    (tuple.source, tuple.destination) = (1, 2)
    (tuple.sourcePort, tuple.destinationPort, tuple.zone) = (port, 53, 3)
    tuple.ipProtocol = 17
    return tuple
  }
}
