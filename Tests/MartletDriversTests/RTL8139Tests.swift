import MartletDevice
import MartletWire
import Testing

@testable import MartletDrivers

@Suite struct RTL8139Tests {
  private let model = RTL8139Model()

  private func makeCard() throws(CardFailure) -> RTL8139<RTL8139Model> {
    try RTL8139(registers: model, memory: model.memory)
  }

  private func frame(_ number: Int, length: Int = 60) -> [UInt8] {
    (0..<length).map { UInt8(truncatingIfNeeded: number &* 31 &+ $0) }
  }

  // MARK: Start

  @Test func itReadsTheAddressAndTheLink() throws {
    let card = try makeCard()
    #expect(card.capabilities.linkAddress == MACAddress(0x52, 0x54, 0, 0x12, 0x34, 0x56))
    #expect(card.state == .up)
    model.hasLink = false
    let unplugged = try makeCard()
    #expect(unplugged.state == .noLink)
  }

  @Test func aCardThatIsNotThereIsRefused() {
    model.isGone = true
    #expect(throws: CardFailure.gone) { _ = try makeCard() }
  }

  @Test func aResetThatNeverEndsIsRefused() {
    model.resetNeverEnds = true
    #expect(throws: CardFailure.resetStalled) { _ = try makeCard() }
  }

  @Test func anAddressThatIsNobodysIsRefused() {
    model.address = [1, 0, 0, 0, 0, 0]
    #expect(throws: CardFailure.unsupported) { _ = try makeCard() }
  }

  @Test(arguments: [0, 1]) func withoutMemoryItIsRefused(allowance: Int) {
    model.memory.allowance = allowance
    #expect(throws: CardFailure.noMemory) { _ = try makeCard() }
  }

  // MARK: Receiving

  @Test func framesArriveInOrderWithoutTheirFCS() throws {
    var card = try makeCard()
    for number in 0..<5 { model.deliver(frame(number, length: 60 + number)) }
    let first = card.receiveAll(budget: 2)
    let rest = card.receiveAll()
    #expect(first == [frame(0), frame(1, length: 61)])
    #expect(rest == [frame(2, length: 62), frame(3, length: 63), frame(4, length: 64)])
    #expect(card.counters.received == 5)
  }

  /// Lengths that share no factor with the ring's put a frame across its end at every offset.
  @Test(arguments: [60, 61, 1000, 1514, 1518])
  func theRingWraps(length: Int) throws {
    var card = try makeCard()
    for number in 0..<400 {
      model.deliver(frame(number, length: length))
      let frames = card.receiveAll()
      #expect(frames == [frame(number, length: length)])
    }
    #expect(model.resets == 1)
  }

  @Test func anOverflowIsCountedAndDrained() throws {
    var card = try makeCard()
    for number in 0..<100 { model.deliver(frame(number, length: 1514)) }
    card.service()
    let frames = card.receiveAll()
    #expect(frames.count == 21)
    #expect(card.counters.missed == 79 && card.counters.overflows == 1)
    model.deliver(frame(7))
    card.service()
    let next = card.receiveAll()
    #expect(next == [frame(7)])
  }

  @Test(
    arguments: [
      0x0000_0000, 0x0040_0000, 0x0001_0001, 0xFFEF_0001, 0x0600_0001, 0x0011_0001,
    ] as [UInt32])
  func aBadHeaderRestartsTheReceiver(header: UInt32) throws {
    var card = try makeCard()
    model.deliver(header: header, frame(1))
    let none = card.receiveAll()
    #expect(none == [])
    #expect(card.counters.receiveErrors == 1 && card.counters.resets == 1)
    model.deliver(frame(2))
    let next = card.receiveAll()
    #expect(next == [frame(2)])
  }

  @Test func aFrameStillBeingWrittenIsLeft() throws {
    var card = try makeCard()
    model.deliver(header: 0xFFF0_0001, frame(1))
    let none = card.receiveAll()
    #expect(none == [] && model.resets == 1)
  }

  // MARK: Sending

  @Test func fourFramesFitAndTheFifthWaits() throws {
    var card = try makeCard()
    model.holdsTransmissions = true
    for number in 0..<4 {
      let sent = card.send(frame(number, length: 100))
      #expect(sent)
    }
    let fifth = card.send(frame(4))
    #expect(!fifth)
    model.release()
    for number in 4..<20 {
      let sent = card.send(frame(number, length: 100))
      #expect(sent)
    }
    #expect(model.sent == (0..<20).map { frame($0, length: 100) })
  }

  @Test func aShortFrameIsPaddedWithZeros() throws {
    var card = try makeCard()
    for _ in 0..<4 { _ = card.send(frame(9, length: 60)) }
    _ = card.send([1, 2, 3])
    #expect(model.sent.last == [1, 2, 3] + [UInt8](repeating: 0, count: 57))
  }

  @Test func aBatchEndsWithTheDescriptors() throws {
    var card = try makeCard()
    _ = card.send(frame(0))
    let capacity = card.reserve(4)?.capacity
    card.commit(0)
    #expect(capacity == 3)
  }

  @Test func anAbortedFrameIsCountedAndItsSlotComesBack() throws {
    var card = try makeCard()
    model.abortsTransmissions = true
    for number in 0..<4 { _ = card.send(frame(number)) }
    card.service()
    model.abortsTransmissions = false
    let sent = card.send(frame(5))
    #expect(sent && card.counters.transmitErrors == 4)
    #expect(model.sent == [frame(5)])
  }

  // MARK: Interrupts

  @Test func itInterruptsOnlyBetweenRearmAndAcknowledge() throws {
    var card = try makeCard()
    let interrupt = card.interrupt
    model.deliver(frame(1))
    #expect(!model.isInterrupting && !interrupt.acknowledge())
    card.service()
    _ = card.receiveAll()
    let busy = card.rearm()
    #expect(!busy)
    model.deliver(frame(2))
    #expect(model.isInterrupting && interrupt.acknowledge() && !model.isInterrupting)
  }

  /// The race that loses a wake-up: a frame between the last look and the interrupt's return.
  @Test func aFrameBeforeRearmIsNotForgotten() throws {
    var card = try makeCard()
    card.service()
    _ = card.receiveAll()
    model.deliver(frame(3))
    let busy = card.rearm()
    #expect(busy && !model.isInterrupting)
  }

  @Test func theLinkGoesAndComes() throws {
    var card = try makeCard()
    model.hasLink = false
    card.service()
    #expect(card.state == .noLink)
    model.hasLink = true
    card.service()
    #expect(card.state == .up && card.counters.linkChanges == 2)
  }

  // MARK: Death

  @Test func aCardThatVanishesIsDead() throws {
    for step in 0..<3 {
      let model = RTL8139Model()
      var card = try RTL8139(registers: model, memory: model.memory)
      _ = card.send(frame(1))
      model.isGone = true
      switch step {
      case 0: card.service()
      case 1: _ = card.receiveAll()
      default: _ = card.reserve(1)?.capacity
      }
      #expect(card.state == .dead(.gone))
      let sent = card.send(frame(2))
      let frames = card.receiveAll()
      let busy = card.rearm()
      #expect(!sent && frames == [] && !busy)
    }
  }

  @Test func aTransmitterThatStallsIsDead() throws {
    var card = try makeCard()
    card.advance(to: .zero)
    model.holdsTransmissions = true
    _ = card.send(frame(1))
    #expect(card.nextDeadline == .zero + .seconds(5))
    card.advance(to: .zero + .microseconds(4_999_999))
    #expect(card.state == .up)
    card.advance(to: .zero + .seconds(5))
    #expect(card.state == .dead(.transmitStalled))
    #expect(card.nextDeadline == nil)
  }

  @Test func withoutALinkAStalledTransmitterStartsAfresh() throws {
    var card = try makeCard()
    model.holdsTransmissions = true
    _ = card.send(frame(1))
    model.hasLink = false
    card.advance(to: .zero + .seconds(5))
    #expect(card.state == .noLink && card.counters.transmitErrors == 1)
    model.holdsTransmissions = false
    let sent = card.send(frame(2))
    #expect(sent && model.sent == [frame(2)])
  }

  /// Whatever the card writes into the ring and its registers, the driver does not trap.
  @Test func chanceInTheRingNeverTraps() throws {
    var generator = SplitMix64(seed: 8139)
    var card = try makeCard()
    for _ in 0..<5000 {
      let length = Int.random(in: 0...64, using: &generator)
      let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
      model.deliver(header: .random(in: 0 ... .max, using: &generator), bytes)
      card.service()
      _ = card.receiveAll(budget: 64)
    }
    #expect(card.counters.receiveErrors > 0)
  }
}
