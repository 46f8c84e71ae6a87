import MartletDevice
import TestSupport
import Testing

@Suite struct FaultInjectorTests {
  static func injector(
    outgoing: Impairment = Impairment(), incoming: Impairment = Impairment(), seed: UInt64 = 1,
    room: Int = 4096
  ) -> FaultInjector<QueueDevice> {
    let queue = QueueDevice(maximumTransmissionUnit: 1600, frameCount: room)
    return FaultInjector(queue, outgoing: outgoing, incoming: incoming, seed: seed)
  }

  /// The numbers of the frames that have reached the device, in order.
  static func numbers(_ device: inout FaultInjector<QueueDevice>) -> [Int] {
    var numbers: [Int] = []
    _ = device.base.remove(budget: .max) { frame, _ in
      let bytes = [UInt8](frame)
      numbers.append(Int(bytes[0]) << 8 | Int(bytes[1]))
    }
    return numbers
  }

  @Test func withoutFaultsEveryFramePassesAtOnce() {
    var device = Self.injector()
    #expect(device.send(numbered(200)) == 200)
    #expect(Self.numbers(&device) == Array(0..<200))
    #expect(device.nextDeadline == nil)
    #expect(device.outgoingCounters.delivered == 200)
  }

  @Test(arguments: [
    (0, 0...0), (10_000, 60...140), (300_000, 2800...3200), (1_000_000, 10_000...10_000),
  ])
  func lossIsAsOftenAsItIsSaid(perMillion: UInt32, expected: ClosedRange<Int>) {
    var device = Self.injector(outgoing: .loss(perMillion: perMillion))
    var arrived = 0
    for frame in numbered(10_000) {
      #expect(device.send([frame]) == 1)
      arrived += Self.numbers(&device).count
    }
    #expect(expected.contains(10_000 - arrived))
    #expect(device.outgoingCounters.lost == UInt64(10_000 - arrived))
  }

  @Test func theSameSeedDoesTheSame() {
    func run(_ seed: UInt64) -> [Int] {
      var device = Self.injector(outgoing: .loss(perMillion: 200_000), seed: seed)
      _ = device.send(numbered(500))
      return Self.numbers(&device)
    }
    #expect(run(7) == run(7))
    #expect(run(7) != run(8))
  }

  @Test func directionsAreIndependent() {
    var device = Self.injector(
      outgoing: .loss(perMillion: 1_000_000), incoming: .loss(perMillion: 0))
    #expect(device.send(numbered(5)) == 5)
    #expect(Self.numbers(&device).isEmpty)
    for frame in numbered(5) { _ = unsafe device.base.insert(frame.span.bytes) }
    #expect(device.frames() == numbered(5))
    #expect(device.incomingCounters.delivered == 5)
  }

  @Test func jitterSpreadsArrivalsOverItsWholeLength() {
    var impairment = Impairment()
    impairment.delay = .milliseconds(10)
    impairment.jitter = .milliseconds(4)
    var device = Self.injector(outgoing: impairment)
    #expect(device.send(numbered(200)) == 200)
    device.advance(to: Instant(microseconds: 9_999))
    #expect(Self.numbers(&device).isEmpty)
    device.advance(to: Instant(milliseconds: 12))
    let early = Self.numbers(&device)
    #expect((60...140).contains(early.count))
    #expect(early != early.sorted())
    device.advance(to: Instant(milliseconds: 14))
    #expect(early.count + Self.numbers(&device).count == 200)
  }

  @Test func delayedFramesArriveInTimeAndNotBefore() {
    var impairment = Impairment()
    impairment.delay = .milliseconds(10)
    var device = Self.injector(outgoing: impairment, incoming: impairment)
    device.advance(to: Instant(milliseconds: 100))
    #expect(device.send(numbered(2)) == 2)
    #expect(device.nextDeadline == Instant(milliseconds: 110))
    device.advance(to: Instant(microseconds: 109_999))
    #expect(Self.numbers(&device).isEmpty)
    device.advance(to: Instant(milliseconds: 110))
    #expect(Self.numbers(&device) == [0, 1])

    for frame in numbered(1) { _ = unsafe device.base.insert(frame.span.bytes) }
    #expect(device.frames().isEmpty)
    #expect(device.nextDeadline == Instant(milliseconds: 120))
    device.advance(to: Instant(milliseconds: 120))
    #expect(device.frames() == numbered(1))
    #expect(device.nextDeadline == nil)
  }

  @Test func aRateSpacesFramesWithoutDrift() {
    var impairment = Impairment()
    impairment.bitsPerSecond = 100_000_000
    impairment.frameLimit = 1000
    var device = Self.injector(outgoing: impairment)
    #expect(device.send(numbered(1000, length: 1514)) == 1000)
    var times: [Int64] = []
    while let deadline = device.nextDeadline {
      device.advance(to: deadline)
      times += Self.numbers(&device).map { _ in deadline.microseconds }
    }
    // 1514 bytes take 121.12 us: a thousand take 121,120 us, whatever each was rounded to.
    #expect(times.count == 1000)
    #expect(times.first == 122)
    #expect(times.last == 121_120)
  }

  @Test func theQueueLimitCountsBytes() {
    var impairment = Impairment()
    impairment.bitsPerSecond = 8_000_000
    impairment.queueByteLimit = 3000
    var device = Self.injector(outgoing: impairment)
    _ = device.send(numbered(5, length: 1000))
    #expect(device.outgoingCounters.overflowed == 2)
    // A millisecond later one frame has left, and there is room for one more.
    device.advance(to: Instant(milliseconds: 1))
    _ = device.send(numbered(2, length: 1000))
    #expect(device.outgoingCounters.overflowed == 3)
    device.advance(to: Instant(milliseconds: 100))
    #expect(Self.numbers(&device).count == 4)
  }

  @Test func framesBeyondTheMemoryAreDropped() {
    var impairment = Impairment()
    impairment.delay = .seconds(1)
    impairment.frameLimit = 10
    var device = Self.injector(outgoing: impairment)
    _ = device.send(numbered(25))
    #expect(device.outgoingCounters.overflowed == 15)
    device.advance(to: Instant(milliseconds: 1000))
    #expect(Self.numbers(&device) == Array(0..<10))
  }

  @Test func heldBackFramesAreOvertaken() {
    var impairment = Impairment()
    impairment.reorderingPerMillion = 100_000
    impairment.reorderingDelay = .milliseconds(5)
    impairment.frameLimit = 512
    var device = Self.injector(outgoing: impairment)
    var arrived: [Int] = []
    for (number, frame) in numbered(300).enumerated() {
      device.advance(to: Instant(milliseconds: Int64(number)))
      _ = device.send([frame])
      arrived += Self.numbers(&device)
    }
    device.advance(to: Instant(milliseconds: 1000))
    arrived += Self.numbers(&device)
    #expect(arrived != Array(0..<300))
    #expect(arrived.sorted() == Array(0..<300))
    #expect((10...50).contains(device.outgoingCounters.reordered))
  }

  @Test func duplicatesFollowTheirFirstCopy() {
    var impairment = Impairment()
    impairment.duplicationPerMillion = 1_000_000
    var device = Self.injector(outgoing: impairment)
    _ = device.send(numbered(3))
    #expect(Self.numbers(&device) == [0, 0, 1, 1, 2, 2])
  }

  @Test func corruptionChangesOneBitAndTakesTheVouchBack() {
    var impairment = Impairment()
    impairment.corruptionPerMillion = 1_000_000
    var device = Self.injector(outgoing: impairment)
    let original = [UInt8](repeating: 0, count: 100)
    _ = device.send(
      [[UInt8]](repeating: original, count: 50), info: FrameInfo(checksum: .verified))
    var places: Set<Int> = []
    _ = device.base.remove(budget: .max) { frame, info in
      let bits = [UInt8](frame).enumerated().filter { $0.element != 0 }
      #expect(bits.count == 1)
      #expect(bits.first?.element.nonzeroBitCount == 1)
      #expect(info.checksum == .unverified)
      places.insert(bits.first?.offset ?? -1)
    }
    #expect(places.count > 20)
  }

  @Test func aFullDeviceIsTriedAgain() {
    var device = Self.injector(room: 2)
    _ = device.send(numbered(5))
    #expect(device.nextDeadline == Instant(milliseconds: 1))
    #expect(Self.numbers(&device) == [0, 1])
    device.advance(to: Instant(milliseconds: 1))
    #expect(Self.numbers(&device) == [2, 3])
    device.advance(to: Instant(milliseconds: 2))
    #expect(Self.numbers(&device) == [4])
    #expect(device.nextDeadline == nil)
  }

  @Test func aLinkOnALinkAddsItsDelay() {
    var slow = Impairment()
    slow.delay = .milliseconds(3)
    var device = FaultInjector(Self.injector(outgoing: slow), outgoing: slow, seed: 2)
    _ = device.send(numbered(1))
    device.advance(to: Instant(milliseconds: 3))
    #expect(device.nextDeadline == Instant(milliseconds: 6))
    device.advance(to: Instant(milliseconds: 6))
    #expect(Self.numbers(&device.base) == [0])
  }
}
