import MartletDevice
import MartletWire
import Testing

@Suite struct SegmentTests {
  static func frame(to destination: UInt8, from source: UInt8, length: Int = 60) -> [UInt8] {
    var frame = [UInt8](repeating: 0, count: length)
    frame[0] = destination == 255 ? 255 : 2
    for index in 1..<5 where destination == 255 { frame[index] = 255 }
    frame[5] = destination
    (frame[6], frame[11]) = (2, source)
    return frame
  }

  static func send(_ frame: [UInt8], from port: Int, on segment: inout Segment) {
    unsafe segment.send(frame.span.bytes, from: port)
  }

  /// How many frames wait at each port, taking them.
  static func taken(_ segment: inout Segment, ports: Range<Int>) -> [Int] {
    ports.map { segment.receive(at: $0, budget: 1000) { _, _ in } }
  }

  @Test func anUnknownStationIsLookedForEverywhereAndAKnownOneIsNot() throws {
    var segment = Segment(portCount: 4)
    for number in 0..<3 { #expect(segment.addPort() == number) }
    Self.send(Self.frame(to: 2, from: 1), from: 0, on: &segment)
    #expect(Self.taken(&segment, ports: 0..<3) == [0, 1, 1])
    Self.send(Self.frame(to: 1, from: 2), from: 1, on: &segment)
    #expect(Self.taken(&segment, ports: 0..<3) == [1, 0, 0])
    Self.send(Self.frame(to: 255, from: 2), from: 1, on: &segment)
    #expect(Self.taken(&segment, ports: 0..<3) == [1, 0, 1])
    #expect(segment.counters.flooded == 2)
  }

  @Test func aStationThatMovesIsFoundAtItsNewPort() {
    var segment = Segment(portCount: 3)
    for _ in 0..<3 { _ = segment.addPort() }
    Self.send(Self.frame(to: 255, from: 1), from: 0, on: &segment)
    Self.send(Self.frame(to: 255, from: 1), from: 2, on: &segment)
    _ = Self.taken(&segment, ports: 0..<3)
    Self.send(Self.frame(to: 1, from: 9), from: 1, on: &segment)
    #expect(Self.taken(&segment, ports: 0..<3) == [0, 0, 1])
  }

  @Test func aFrameForItsOwnPortStaysThere() {
    var segment = Segment(portCount: 2)
    for _ in 0..<2 { _ = segment.addPort() }
    Self.send(Self.frame(to: 255, from: 1), from: 0, on: &segment)
    _ = Self.taken(&segment, ports: 0..<2)
    Self.send(Self.frame(to: 1, from: 2), from: 0, on: &segment)
    #expect(Self.taken(&segment, ports: 0..<2) == [0, 0])
    #expect(segment.counters.filtered == 1)
  }

  @Test func aFullQueueDropsAndCounts() {
    var segment = Segment(portCount: 2, queueLimit: 3)
    for _ in 0..<2 { _ = segment.addPort() }
    for _ in 0..<5 { Self.send(Self.frame(to: 2, from: 1), from: 0, on: &segment) }
    #expect(segment.counters.overflowed == 2)
    #expect(segment.counters.delivered == 3)
    #expect(segment.waitingCount(at: 1) == 3)
  }

  @Test func whatIsNoFrameIsCountedAndNotLearned() {
    var segment = Segment(portCount: 2, maximumFrameLength: 100)
    for _ in 0..<2 { _ = segment.addPort() }
    Self.send([1, 2, 3], from: 0, on: &segment)
    var fromGroup = Self.frame(to: 2, from: 1)
    fromGroup[6] = 1
    Self.send(fromGroup, from: 0, on: &segment)
    Self.send(Self.frame(to: 2, from: 1, length: 101), from: 0, on: &segment)
    #expect(segment.counters.malformed == 2)
    #expect(segment.counters.oversized == 1)
    #expect(Self.taken(&segment, ports: 0..<2) == [0, 0])
  }

  @Test func newsIsToldOnceUntilAllIsReceived() {
    var segment = Segment(portCount: 2)
    for _ in 0..<2 { _ = segment.addPort() }
    var told: [Int] = []
    for _ in 0..<3 { Self.send(Self.frame(to: 2, from: 1), from: 0, on: &segment) }
    segment.takeNews { told.append($0) }
    #expect(told == [1])
    #expect(segment.receive(at: 1, budget: 2) { _, _ in } == 2)
    Self.send(Self.frame(to: 2, from: 1), from: 0, on: &segment)
    segment.takeNews { told.append($0) }
    #expect(told == [1])
    #expect(segment.receive(at: 1, budget: 2) { _, _ in } == 2)
    Self.send(Self.frame(to: 2, from: 1), from: 0, on: &segment)
    segment.takeNews { told.append($0) }
    #expect(told == [1, 1])
  }

  @Test func aPortThatIsClosedTakesItsStationsAlong() {
    var segment = Segment(portCount: 2)
    #expect(segment.addPort() == 0)
    #expect(segment.addPort() == 1)
    #expect(segment.addPort() == nil)
    Self.send(Self.frame(to: 255, from: 1), from: 0, on: &segment)
    segment.removePort(0)
    #expect(segment.addPort() == 0)
    Self.send(Self.frame(to: 1, from: 2), from: 1, on: &segment)
    #expect(segment.counters.flooded == 2)
  }

  @Test func aFloodOfForgedAddressesMakesNothingGrow() {
    var segment = Segment(portCount: 2, queueLimit: 1)
    for _ in 0..<2 { _ = segment.addPort() }
    for number in 0..<100_000 {
      var frame = Self.frame(to: 255, from: 1)
      for index in 0..<4 { frame[7 + index] = UInt8(truncatingIfNeeded: number >> (8 * index)) }
      Self.send(frame, from: 0, on: &segment)
    }
    // Whoever speaks last is known in spite of it.
    Self.send(Self.frame(to: 255, from: 7), from: 0, on: &segment)
    _ = Self.taken(&segment, ports: 0..<2)
    Self.send(Self.frame(to: 7, from: 2), from: 1, on: &segment)
    #expect(Self.taken(&segment, ports: 0..<2) == [1, 0])
    #expect(segment.counters.flooded == 100_001)
  }
}
