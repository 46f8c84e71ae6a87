// This file says `unsafe`: it lends arrays as spans.

import MartletDevice
import MartletFlow
import MartletWire
import Testing

@Suite struct UplinkTranslatorTests {
  static let (inside, other): (UInt32, UInt32) = (0x0a00_0001, 0x0a00_0002)
  static let (own, outside): (UInt32, UInt32) = (0xc000_0201, 0xc633_6401)

  /// An uplink whose port 80 leads to port 8080 of the first host.
  struct Gate: ~Copyable {
    var uplink = UplinkTranslator(
      address: IPv4Address(rawValue: own),
      forwards: [
        UplinkForward(.tcp, ports: 80...81, to: IPv4Address(rawValue: inside), port: 8080)
      ])
    var now = Instant(milliseconds: 1000)

    mutating func out(_ packet: [UInt8]) -> (UplinkTranslator.Verdict, [UInt8]) {
      var packet = packet
      var span = packet.mutableSpan
      var bytes = unsafe span.mutableBytes
      let verdict = uplink.outbound(&bytes, now: now)
      return (verdict, packet)
    }

    mutating func into(_ packet: [UInt8]) -> (UplinkTranslator.Verdict, [UInt8]) {
      var packet = packet
      var span = packet.mutableSpan
      var bytes = unsafe span.mutableBytes
      let verdict = uplink.inbound(&bytes, now: now)
      return (verdict, packet)
    }
  }

  @Test func whoAsksIsAnswered() {
    var gate = Gate()
    let there = gate.out(Packets.udp(Self.inside, Self.outside, (4000, 53)))
    #expect(there.0 == .forward)
    #expect(Packets.ends(there.1) == [Self.own, 4000, Self.outside, 53])
    let back = gate.into(Packets.udp(Self.outside, Self.own, (53, 4000)))
    #expect(back.0 == .forward && Packets.isIntact(back.1))
    #expect(Packets.ends(back.1) == [Self.outside, 53, Self.inside, 4000])
    // Nobody asked here: it is for the gateway's own stack, as it came.
    let stranger = Packets.udp(Self.outside, Self.own, (53, 4001))
    let kept = gate.into(stranger)
    #expect(kept.0 == .local && kept.1 == stranger)
    #expect(gate.into(Packets.echo(Self.outside, Self.own, 1)).0 == .local)
  }

  @Test func aForwardLeadsInsideFromBothSides() {
    var gate = Gate()
    let there = gate.into(Packets.tcp(Self.outside, Self.own, (4000, 81), .syn))
    #expect(there.0 == .forward)
    #expect(Packets.ends(there.1) == [Self.outside, 4000, Self.inside, 8081])
    let back = gate.out(
      Packets.tcp(Self.inside, Self.outside, (8081, 4000), [.syn, .ack], ack: 1))
    #expect(back.0 == .forward && Packets.ends(back.1) == [Self.own, 81, Self.outside, 4000])
    // A host beside it, by the outer address.
    let hairpin = gate.out(Packets.tcp(Self.other, Self.own, (4000, 80), .syn))
    #expect(hairpin.0 == .inside)
    #expect(Packets.ends(hairpin.1) == [Self.own, 4000, Self.inside, 8080])
    let answer = gate.out(
      Packets.tcp(Self.inside, Self.own, (8080, 4000), [.syn, .ack], ack: 1))
    #expect(answer.0 == .inside && Packets.isIntact(answer.1))
    #expect(Packets.ends(answer.1) == [Self.own, 80, Self.other, 4000])
    // Another port of the outer address is the gateway's.
    #expect(gate.out(Packets.tcp(Self.other, Self.own, (4000, 22), .syn)).0 == .local)
  }

  @Test func theGatewaysOwnPortsAreNotGivenAway() {
    var gate = Gate()
    let own = Packets.udp(Self.own, Self.outside, (4000, 53))
    let there = gate.out(own)
    #expect(there.0 == .forward && there.1 == own)
    let guest = gate.out(Packets.udp(Self.inside, Self.outside, (4000, 53)))
    #expect(guest.0 == .forward && Packets.ends(guest.1)[1] != 4000)
    let back = gate.into(Packets.udp(Self.outside, Self.own, (53, 4000)))
    #expect(back.0 == .local)
  }

  @Test func anotherAddressEndsConnections() {
    var gate = Gate()
    _ = gate.out(Packets.udp(Self.inside, Self.outside, (4000, 53)))
    #expect(gate.uplink.tracker.count == 1)
    gate.uplink.address = IPv4Address(192, 0, 2, 9)
    #expect(gate.uplink.tracker.count == 0)
    let there = gate.out(Packets.udp(Self.inside, Self.outside, (4000, 53)))
    #expect(Packets.ends(there.1)[0] == 0xc000_0209)
  }

  @Test func damagedPacketsGoNowhere() {
    var gate = Gate()
    let packet = Packets.tcp(Self.inside, Self.outside, (1, 2), .syn)
    for length in 0..<packet.count {
      #expect(gate.out(Array(packet.prefix(length))).0 == .dropped(.malformed))
    }
    #expect(gate.uplink.tracker.dropped(.malformed) == UInt64(packet.count))
  }
}
