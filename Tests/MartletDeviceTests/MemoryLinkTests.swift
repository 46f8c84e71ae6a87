import MartletDevice
import TestSupport
import Testing

@Suite struct MemoryLinkTests {
  let capabilities = DeviceCapabilities(
    medium: .ethernet, maximumTransmissionUnit: 1500, maximumBurst: 8)

  @Test func framesReachTheOtherEndInOrder() {
    let link = MemoryLink(capabilities, capabilities, frameCount: 16)
    var (first, second) = (link.first, link.second)
    let frames = numbered(10)
    #expect(first.send(frames) == 10)
    #expect(first.frames().isEmpty)
    #expect(second.frames(budget: 4) == [[UInt8]](frames[..<4]))
    #expect(second.frames() == [[UInt8]](frames[4...]))
    #expect(second.frames().isEmpty)
  }

  @Test func aFullRingLendsNothingAndWrapsAfterwards() {
    let link = MemoryLink(capabilities, capabilities, frameCount: 5)
    var (first, second) = (link.first, link.second)
    for round in 0..<7 {
      let frames = numbered(8, length: 60 + round)
      #expect(first.send(frames) == 5)
      let isFull = first.reserve(1) == nil
      #expect(isFull)
      #expect(second.frames() == [[UInt8]](frames[..<5]))
      #expect(first.send(numbered(3)) == 3)
      #expect(second.frames().count == 3)
    }
  }

  @Test func aReservationIsNoLongerThanTheBurst() {
    let link = MemoryLink(capabilities, capabilities)
    var first = link.first
    let lent = first.reserve(100)?.capacity
    first.commit(0)
    #expect(lent == 8)
  }

  @Test func whatIsLeftUndoneTravelsBesideTheFrame() {
    let link = MemoryLink(capabilities, capabilities)
    var (first, second) = (link.first, link.second)
    var info = FrameInfo(checksum: .partial)
    info.checksumStart = 34
    info.checksumOffset = 16
    #expect(first.send(numbered(1), info: info) == 1)
    #expect(second.infos() == [info])
  }

  @Test func uncommittedSlotsGoBack() {
    let link = MemoryLink(capabilities, capabilities, frameCount: 4)
    var (first, second) = (link.first, link.second)
    do {
      var batch = first.reserve(4)
      for frame in numbered(3) { unsafe batch?.append(copying: frame.span.bytes) }
    }
    first.commit(2)
    #expect(second.frames() == numbered(2))
  }
}
