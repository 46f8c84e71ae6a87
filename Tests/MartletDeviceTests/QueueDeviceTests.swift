import MartletDevice
import TestSupport
import Testing

@Suite struct QueueDeviceTests {
  @Test func packetsGoInAndOut() {
    var device = QueueDevice(maximumTransmissionUnit: 1400, frameCount: 2)
    for packet in numbered(2) {
      let taken = unsafe device.insert(packet.span.bytes)
      #expect(taken)
    }
    #expect(device.incomingCount == 2)
    #expect(device.frames() == numbered(2))
    #expect(device.send(numbered(3)) == 2)
    var out: [[UInt8]] = []
    let count = device.remove(budget: 9) { packet, _ in out.append([UInt8](packet)) }
    #expect(count == 2)
    #expect(out == numbered(2))
    #expect(device.outgoingCount == 0)
  }

  @Test func whatHasNoRoomIsRefused() {
    var device = QueueDevice(maximumTransmissionUnit: 1400, frameCount: 1)
    let long = [UInt8](repeating: 0, count: 1401)
    let longIsTaken = unsafe device.insert(long.span.bytes)
    #expect(!longIsTaken)
    let firstIsTaken = unsafe device.insert(long.span.extracting(..<1400).bytes)
    #expect(firstIsTaken)
    let secondIsTaken = unsafe device.insert(long.span.extracting(..<20).bytes)
    #expect(!secondIsTaken)
  }

  @Test func loopbackReturnsWhatItIsGiven() {
    var device = LoopbackDevice(frameCount: 4)
    #expect(device.send(numbered(5)) == 4)
    #expect(device.frames() == numbered(4))
    #expect(device.capabilities.offloads.contains(.receiveChecksum))
  }
}
