import MartletDevice
import MartletWire
import Testing

@testable import MartletStack

/// RFC 5227.
@Suite struct AddressConflictTests {
  static let prefix = IPv4Prefix(Host.address(1), length: 24)

  @Test func anAddressIsAnnouncedTwice() throws {
    var host = try Host(1)
    try host.stack.addAddress(AddressConflictTests.prefix, on: host.id)
    host.advance(by: .seconds(10))
    let frames = host.sent()
    #expect(frames.count == 2)
    #expect(frames.allSatisfy { $0.isARPRequest && $0.arpTarget == Host.address(1) })
    let deadline = host.stack.nextDeadline
    #expect(deadline == nil)
  }

  @Test func aProbedAddressIsUsedWhenNobodyAnswers() throws {
    var host = try Host(1)
    try host.stack.addAddress(AddressConflictTests.prefix, on: host.id, probing: true)
    host.receive(PingTests.ping(from: 2, to: 1, []))
    let early = host.stack.nextStackEvent()
    #expect(early == nil)
    host.advance(by: .seconds(8))
    let frames = host.sent()
    let probes = frames.filter { $0[28...31].allSatisfy { $0 == 0 } }
    #expect(probes.count == 3 && probes.allSatisfy { $0.arpTarget == Host.address(1) })
    let event = host.stack.nextStackEvent()
    #expect(event == .addressReady(Host.address(1), host.id))
  }

  @Test(arguments: [true, false])
  func aProbedAddressThatAnotherHasIsGivenUp(byProbe: Bool) throws {
    var host = try Host(1)
    try host.stack.addAddress(AddressConflictTests.prefix, on: host.id, probing: true)
    host.advance(by: .seconds(1))
    _ = host.sent()
    host.receive(
      byProbe
        ? Frame.arp(.request, from: Host.mac(9), .unspecified, to: Host.address(1))
        : Frame.arp(.reply, from: Host.mac(9), Host.address(1), to: .unspecified))
    let event = host.stack.nextStackEvent()
    #expect(
      event
        == .addressConflict(Host.address(1), host.id, by: Host.mac(9), defended: false))
    host.advance(by: .seconds(20))
    let frames = host.sent()
    #expect(frames.isEmpty)
  }

  @Test func anAddressInUseIsDefendedOnceInTenSeconds() throws {
    var host = try Host.settled(1)
    let rival = Frame.arp(.request, from: Host.mac(9), Host.address(1), to: Host.address(5))
    host.receive(rival)
    let defence = host.sent()
    #expect(defence.count == 1 && defence[0].arpTarget == Host.address(1))
    host.receive(rival)
    let again = host.sent()
    #expect(again.isEmpty)
    let first = host.stack.nextStackEvent()
    let second = host.stack.nextStackEvent()
    #expect(
      first == .addressConflict(Host.address(1), host.id, by: Host.mac(9), defended: true))
    #expect(
      second == .addressConflict(Host.address(1), host.id, by: Host.mac(9), defended: false))
    host.advance(by: .seconds(10))
    host.receive(rival)
    #expect(host.sent().count == 1)
  }

  @Test func ownFramesThatComeBackAreNoConflict() throws {
    var host = try Host.settled(1)
    host.receive(Frame.arp(.request, from: Host.mac(1), Host.address(1), to: Host.address(1)))
    let event = host.stack.nextStackEvent()
    #expect(event == nil)
  }
}
