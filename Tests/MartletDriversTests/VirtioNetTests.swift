import MartletDevice
import MartletWire
import Testing

@testable import MartletDrivers

@Suite struct VirtioNetTests {
  private let model = VirtioModel()

  private func makeCard(
    receivesOffloads: Bool = true
  ) throws(CardFailure) -> VirtioNet<VirtioModel.Block> {
    try VirtioNet(
      try model.makeDevice(), memory: model.memory, receivesOffloads: receivesOffloads)
  }

  private func frame(_ number: Int, length: Int = 60) -> [UInt8] {
    (0..<length).map { UInt8(truncatingIfNeeded: number &* 31 &+ $0 &* 7) }
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

  @Test func itTakesTheOffloadsThatAreOffered() throws {
    let card = try makeCard()
    #expect(
      card.capabilities.offloads
        == [.transmitChecksum, .receiveChecksum, .segmentTCPv4, .coalesceTCPv4])
    let plain = try makeCard(receivesOffloads: false)
    #expect(plain.capabilities.offloads == [.transmitChecksum, .segmentTCPv4])
    #expect(model.accepted & VirtioFeature.guestTSO4 == 0)
    model.offered = VirtioFeature.version1 | VirtioFeature.macAddress
    let bare = try makeCard()
    #expect(bare.capabilities.offloads == [] && bare.state == .up)
  }

  @Test func messagesAreUsedWhereTheCardAgrees() throws {
    let byLine = try makeCard()
    #expect(!byLine.sendsMessages && model.vectors == [.max, .max, .max])
    let card = try VirtioNet(try model.makeDevice(), memory: model.memory, sendsMessages: true)
    #expect(card.sendsMessages && model.vectors == [0, 0, 0])
    // A message is a cause by itself: the status register stays silent.
    let isOurs = card.interrupt.acknowledge()
    #expect(isOurs)
    model.refusesMessages = true
    let refused = try VirtioNet(try model.makeDevice(), memory: model.memory, sendsMessages: true)
    let isAsking = refused.interrupt.acknowledge()
    #expect(!refused.sendsMessages && !isAsking)
  }

  @Test func largeFramesWithoutMergeableBuffersAreNotTaken() throws {
    model.offered &= ~VirtioFeature.mergeableBuffers
    let card = try makeCard()
    #expect(!card.capabilities.offloads.contains(.coalesceTCPv4))
    #expect(model.accepted & VirtioFeature.guestTSO4 == 0)
  }

  @Test func aCardThatCannotBeUsedIsRefused() {
    model.isGone = true
    #expect(throws: CardFailure.gone) { _ = try makeCard() }
    model.isGone = false
    model.resetNeverEnds = true
    #expect(throws: CardFailure.resetStalled) { _ = try makeCard() }
    model.resetNeverEnds = false
    model.refusesFeatures = true
    #expect(throws: CardFailure.unsupported) { _ = try makeCard() }
    model.refusesFeatures = false
    model.offered &= ~VirtioFeature.version1
    #expect(throws: CardFailure.unsupported) { _ = try makeCard() }
    model.offered = VirtioModel.everything
    model.address = [1, 0, 0, 0, 0, 0]
    #expect(throws: CardFailure.unsupported) { _ = try makeCard() }
  }

  @Test(arguments: 0..<5) func withoutMemoryItIsRefused(allowance: Int) {
    model.memory.allowance = allowance
    #expect(throws: CardFailure.noMemory) { _ = try makeCard() }
  }

  @Test func registersThatAreTooShortAreRefused() throws {
    let configuration = VirtioConfiguration(commonByteCount: 55)
    let function = try #require(PCIFunction(at: VirtioConfiguration.place, in: configuration))
    #expect(throws: CardFailure.unsupported) {
      _ = try VirtioLayout(of: function, in: configuration)
    }
    #expect(throws: CardFailure.unsupported) {
      _ = try VirtioNet(try model.makeDevice(deviceByteCount: 4), memory: model.memory)
    }
  }

  // MARK: Receiving

  @Test(arguments: [14, 60, 1514, 2036, 2037, 4085, 9000, 65_550])
  func framesOfEveryLengthArrive(length: Int) throws {
    var card = try makeCard()
    // Once round the ring at least.
    let count = length > 9000 ? 8 : 200
    for number in 0..<count {
      model.deliver(frame(number, length: length))
      let frames = card.receiveAll()
      #expect(frames == [frame(number, length: length)])
    }
    #expect(card.counters.received == UInt64(count))
  }

  @Test func theBudgetHolds() throws {
    var card = try makeCard()
    for number in 0..<10 { model.deliver(frame(number)) }
    let first = card.receiveAll(budget: 4)
    let rest = card.receiveAll(budget: 100)
    #expect(first.count == 4 && rest.count == 6 && rest.last == frame(9))
  }

  @Test func theHeaderIsTold() throws {
    var card = try makeCard()
    var seen: [FrameInfo] = []
    model.deliver(frame(1), header: [1, 0, 0, 0, 0, 0, 34, 0, 16, 0])
    model.deliver(frame(2), header: [2, 1, 54, 0, 0xB4, 5, 0, 0, 0, 0])
    _ = card.receive(budget: 2) { _, info in seen.append(info) }
    #expect(seen[0].checksum == .partial && seen[0].checksumStart == 34)
    #expect(seen[0].checksumOffset == 16)
    #expect(seen[1].checksum == .verified && seen[1].segmentation == .tcpIPv4)
    #expect(seen[1].segmentSize == 1460 && seen[1].headerLength == 54)
  }

  @Test func aSegmentationThatNobodyAskedForIsDropped() throws {
    var card = try makeCard()
    model.deliver(frame(1), header: [0, 99, 0, 0, 0, 0, 0, 0, 0, 0])
    model.deliver(frame(2))
    let frames = card.receiveAll()
    #expect(frames == [frame(2)])
    #expect(card.counters.receiveErrors == 1)
  }

  // MARK: A device that lies

  @Test(arguments: [
    (UInt32(500), UInt32(72)), (UInt32(0), UInt32(11)), (UInt32(0), UInt32(2049)),
    (UInt32(0), UInt32.max),
  ])
  func whatCannotBeEndsTheCard(id: UInt32, length: UInt32) throws {
    var card = try makeCard()
    model.setUsed(0, 0, id: id, length: length)
    model.publishUsed(0, 1)
    let frames = card.receiveAll()
    #expect(frames.isEmpty)
    #expect(card.state == .dead(.corruptRing))
  }

  @Test func anIndexBeyondWhatItHasEndsTheCard() throws {
    var card = try makeCard()
    model.publishUsed(0, 129)
    let frames = card.receiveAll()
    #expect(frames.isEmpty && card.state == .dead(.corruptRing))
  }

  @Test func aBufferUsedTwiceEndsTheCard() throws {
    var card = try makeCard()
    model.holdsTransmissions = true
    _ = card.send(frame(0))
    _ = card.send(frame(1))
    model.setUsed(1, 0, id: 0, length: 0)
    model.setUsed(1, 1, id: 0, length: 0)
    model.publishUsed(1, 2)
    card.service()
    #expect(card.state == .dead(.corruptRing))
    let isTaken = card.send(frame(2))
    #expect(!isTaken)
  }

  @Test func moreBuffersThanThereAreEndTheCard() throws {
    var card = try makeCard()
    guard let (descriptor, target, _) = model.nextOffered(0) else { return }
    model.memory.write([UInt8](repeating: 0, count: 10) + [2, 0], at: target)
    model.setUsed(0, 0, id: UInt32(descriptor), length: 100)
    model.publishUsed(0, 1)
    let frames = card.receiveAll()
    #expect(frames.isEmpty && card.state == .dead(.corruptRing))
  }

  /// Whatever a broken device writes into its rings, the driver neither traps nor hands out more
  /// than the device could have written.
  @Test(arguments: 0..<60) func randomRingsDoNoHarm(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var card = try makeCard()
    for _ in 0..<20 {
      let queue = Int(random.next() & 1)
      _ = card.send(frame(Int(random.next() & 255)))
      for position in 0..<UInt16(8) {
        model.setUsed(
          queue, model.queues[queue].used &+ position, id: UInt32(random.next() % 140),
          length: UInt32(random.next() % 2100))
      }
      model.publishUsed(queue, model.queues[queue].used &+ UInt16(random.next() % 6))
      card.service()
      _ = card.receive(budget: 64) { bytes, _ in
        if bytes.byteCount > 65_550 { Issue.record("a frame that is too long") }
      }
      _ = card.rearm()
    }
  }

  // MARK: Sending

  @Test func framesGoOutBehindTheirHeader() throws {
    var card = try makeCard()
    var info = FrameInfo(checksum: .partial)
    (info.checksumStart, info.checksumOffset) = (34, 16)
    (info.segmentation, info.segmentSize, info.headerLength) = (.tcpIPv4, 1448, 66)
    for number in 0..<100 {
      let isTaken = card.send(frame(number, length: 60 + number), info: info)
      #expect(isTaken)
    }
    let header: [UInt8] = [1, 1, 66, 0, 0xA8, 5, 34, 0, 16, 0, 0, 0]
    #expect(model.sent == (0..<100).map { header + frame($0, length: 60 + $0) })
  }

  @Test func aFullCardRefusesAndInterruptsWhenThereIsRoom() throws {
    var card = try makeCard()
    model.holdsTransmissions = true
    var count = 0
    while card.send(frame(count)) { count += 1 }
    #expect(count == 32)
    #expect(!model.isInterrupting)
    model.transmit()
    let isAsking = card.interrupt.acknowledge()
    #expect(isAsking)
    card.service()
    let isTaken = card.send(frame(99))
    #expect(isTaken)
  }

  @Test func slotsComeBackInAnyOrder() throws {
    var card = try makeCard()
    model.holdsTransmissions = true
    for round in 0..<10 {
      for number in 0..<32 {
        let isTaken = card.send(frame(round * 32 + number))
        #expect(isTaken)
      }
      model.transmit(reversed: true)
    }
    #expect(model.sent.count == 320)
    #expect(card.state == .up)
  }

  @Test func aTransmitterThatStallsEndsTheCard() throws {
    var card = try makeCard()
    card.advance(to: Instant(milliseconds: 1000))
    model.holdsTransmissions = true
    _ = card.send(frame(0))
    let due = card.nextDeadline
    let deadline = try #require(due)
    card.advance(to: deadline)
    #expect(card.state == .dead(.transmitStalled))
    #expect(card.nextDeadline == nil)
  }

  // MARK: Interrupts

  @Test func itInterruptsOnceArmedAndNotWhilePolled() throws {
    var card = try makeCard()
    model.deliver(frame(0))
    #expect(!model.isInterrupting)
    let hadWork = card.rearm()
    #expect(hadWork)
    _ = card.receiveAll()
    let hasWork = card.rearm()
    #expect(!hasWork)
    model.deliver(frame(1))
    #expect(model.isInterrupting)
    let isOurs = card.interrupt.acknowledge()
    let isAgain = card.interrupt.acknowledge()
    #expect(isOurs && !isAgain)
    card.service()
    model.deliver(frame(2))
    #expect(!model.isInterrupting)
  }
}
