// This file says `unsafe`: it lends arrays as spans and copies what comes back.

import MartletDevice
import MartletWire
import Testing

@testable import MartletFlow

@Suite struct LoopGuardTests {
  static let configuration = LoopGuard.Configuration(
    bridge: 7, nonce: 0x1234, source: MACAddress(2, 0, 0, 0, 0, 7))

  /// A bridge whose ports may be joined by cables, and a clock.
  final class Yard {
    let bench: Bench
    /// Pairs of ports that lead to each other.
    var cables: [(UInt32, UInt32)] = []
    /// Frames that went round.
    var storm = 0

    init() throws {
      bench = try Bench()
      try bench.add([.output(.normal, maxLength: 0)])
      bench.datapath.guardLoops(LoopGuardTests.configuration)
    }

    func otherEnd(of port: UInt32) -> UInt32? {
      for (a, b) in cables {
        if a == port { return b }
        if b == port { return a }
      }
      return nil
    }

    /// A second goes by; probes go out and come back where cables lead.
    func second() {
      bench.now = bench.now + .seconds(1)
      var probes: [(UInt32, [UInt8])] = []
      bench.datapath.sendProbes(now: bench.now) { port, frame in
        probes.append((port.rawValue, unsafe frame.withUnsafeBytes { unsafe Array($0) }))
      }
      for (port, frame) in probes {
        guard let end = otherEnd(of: port) else { continue }
        #expect(bench.send(frame, from: end).isEmpty)
      }
    }

    /// Sends a broadcast and follows it round; at most 100 times.
    func broadcast(from port: UInt32) -> [UInt32] {
      let frame = Frames.ethernet(
        to: 0xffff_ffff_ffff, from: 0x0200_0000_0099, type: 0x88b6, [UInt8](repeating: 0, count: 46)
      )
      var waiting = [(port, frame)]
      var reached: [UInt32] = []
      storm = 0
      while let (at, frame) = waiting.popLast(), storm < 100 {
        storm += 1
        for sent in bench.send(frame, from: at) {
          guard let number = sent.port else { continue }
          reached.append(number)
          if let end = otherEnd(of: number) { waiting.append((end, sent.frame)) }
        }
      }
      return reached.sorted()
    }

    var blocked: [UInt32] {
      bench.datapath.ports.filter { $0.block != nil }.map(\.number.rawValue)
    }
  }

  @Test func aCableBetweenTwoPortsIsCutAndJoinedAgain() throws {
    let yard = try Yard()
    yard.second()
    #expect(yard.broadcast(from: 1) == [2, 3, 4])
    yard.cables = [(2, 3)]
    _ = yard.broadcast(from: 1)
    #expect(yard.storm == 100)
    yard.second()
    // One of both is enough, and always the same.
    #expect(yard.blocked == [3])
    let block = try #require(yard.bench.datapath.port(PortNumber(3))?.block)
    #expect(Set([block.sentBy.rawValue, block.receivedBy.rawValue]) == [2, 3])
    #expect(yard.broadcast(from: 1) == [2, 4])
    #expect(yard.storm == 2)
    #expect(yard.bench.dropped(.loop) > 0)
    for _ in 0..<60 { yard.second() }
    #expect(yard.blocked == [3])
    yard.cables = []
    for _ in 0..<9 { yard.second() }
    #expect(yard.blocked == [3])
    yard.second()
    #expect(yard.blocked.isEmpty && yard.broadcast(from: 1) == [2, 3, 4])
  }

  @Test func aLoopBehindOnePortBlocksIt() throws {
    let yard = try Yard()
    yard.cables = [(2, 2)]
    yard.second()
    #expect(yard.blocked == [2])
  }

  @Test func whatIsNotOursBlocksNothing() throws {
    let yard = try Yard()
    yard.second()
    for probe in [
      LoopProbe(bridge: 8, nonce: 0x1234, port: 2, sequence: 1),
      LoopProbe(bridge: 7, nonce: 0x1235, port: 2, sequence: 1),
      LoopProbe(bridge: 7, nonce: 0x1234, port: 99, sequence: 1),
      LoopProbe(bridge: 7, nonce: 0x1234, port: 2, sequence: 2),
      LoopProbe(bridge: 7, nonce: 0x1234, port: 2, sequence: 0 &- 100),
    ] {
      // Another bridge's probe is a frame like others: it must find its own loop.
      #expect(yard.bench.ports(Self.frame(probe)) == [2, 3, 4])
      #expect(yard.blocked.isEmpty)
    }
    let own = LoopProbe(bridge: 7, nonce: 0x1234, port: 2, sequence: 1)
    #expect(yard.bench.ports(Self.frame(own)).isEmpty)
    #expect(yard.blocked == [2])
    yard.bench.datapath.guardLoops(nil)
    #expect(yard.blocked.isEmpty)
  }

  @Test func probesAreReadAndWritten() throws {
    let probe = LoopProbe(bridge: 7, nonce: 0x1234, port: 2, sequence: 1)
    let frame = Self.frame(probe)
    #expect(
      frame
        == Frames.ethernet(
          to: 0x034d_5254_4c54, from: 0x0200_0000_0007, type: 0x88b5,
          Frames.bytes(0x4d4c_5450_0000_0001, 8) + Frames.bytes(7, 8) + Frames.bytes(0x1234, 8)
            + [0, 0, 0, 2, 0, 0, 0, 1] + [UInt8](repeating: 0, count: 14)))
    #expect(try unsafe LoopProbe(parsing: frame.span.bytes) == probe)
    for length in 0..<46 {
      let short = Array(frame.prefix(length))
      #expect(throws: WireError.self) { try unsafe LoopProbe(parsing: short.span.bytes) }
    }
  }

  @Test func roundsKeepTheirTime() {
    var loops = LoopGuard(Self.configuration)
    #expect(loops.nextDeadline == nil)
    loops.add(PortNumber(1))
    let start = Instant(milliseconds: 5000)
    var sent = 0
    _ = loops.poll(now: start) { _, _ in sent += 1 }
    let next = loops.nextDeadline ?? .zero
    #expect(sent == 1 && next >= start + .milliseconds(750) && next <= start + .seconds(1))
    _ = loops.poll(now: Instant(microseconds: next.microseconds - 1)) { _, _ in sent += 1 }
    #expect(sent == 1)
    // A new port is asked for at once.
    loops.add(PortNumber(2))
    _ = loops.poll(now: start + .milliseconds(1)) { _, _ in sent += 1 }
    #expect(sent == 3)
    loops.remove(PortNumber(1))
    loops.remove(PortNumber(2))
    #expect(loops.nextDeadline == nil)
  }

  @Test func bridgesDoNotLookAtTheSameMoments() {
    var other = Self.configuration
    other.nonce = 0x4321
    var guards = [LoopGuard(Self.configuration), LoopGuard(other)]
    var meetings = 0
    for index in guards.indices { guards[index].add(PortNumber(1)) }
    for second in 0..<100 {
      for index in guards.indices {
        _ = guards[index].poll(now: .init(milliseconds: Int64(second) * 1000)) { _, _ in }
      }
      if guards[0].nextDeadline == guards[1].nextDeadline { meetings += 1 }
    }
    #expect(meetings < 5)
  }

  private static func frame(_ probe: LoopProbe) -> [UInt8] {
    var frame = [UInt8](repeating: 0xEE, count: LoopProbe.length)
    var span = frame.mutableSpan
    var bytes = unsafe span.mutableBytes
    try? probe.emit(into: &bytes, source: configuration.source)
    return frame
  }
}
