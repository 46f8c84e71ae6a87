import Foundation
import MartletDevice
import MartletFlow
import Testing

/// What Open vSwitch 3.1 made of a few packets, as `Recorded/record.py` wrote it down, and what we make of them:
/// byte for byte the same, with the state that tracking found in the last byte of the source address.
@Suite struct TrackedRecordingTests {
  struct Line {
    var port: UInt32
    var frame: [UInt8]
    var sent: [UInt8]?
  }

  static func lines() throws -> [Line] {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Recorded/ovs-ct.txt")
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
      let words = line.split(separator: " ")
      return Line(
        port: try #require(UInt32(words[0])), frame: bytes(words[1]),
        sent: words[2] == "-" ? nil : bytes(words[2]))
    }
  }

  private static func bytes(_ digits: Substring) -> [UInt8] {
    stride(from: 0, to: digits.count, by: 2).compactMap { offset in
      UInt8(digits.dropFirst(offset).prefix(2), radix: 16)
    }
  }

  /// The flows of `record.py`.
  private static func addFlows(to bench: Bench) throws {
    func ct(zone: UInt16, table: UInt8? = nil, commits: Bool = false, _ nat: NATAction? = nil)
      -> Action
    {
      var track = TrackAction()
      track.zone = .number(zone)
      track.table = table
      track.commits = commits
      track.actions = nat.map { [.nat($0)] } ?? []
      return .track(track)
    }
    func out(_ port: UInt32) -> Action { .output(PortNumber(port), maxLength: 0) }
    let state = try #require(FieldRange(.trackState, start: 0, count: 8))
    let byte = try #require(FieldRange(.ethernetSource, start: 0, count: 8))
    let tell = Action.move(state, to: byte)
    var hide = NATAction()
    hide.direction = .source
    hide.addresses = 0xc000_0201...0xc000_0201
    try bench.add(priority: 10, [ct(zone: 2, commits: true, hide), out(2)]) {
      $0.set(.etherType, 0x800)
      $0.set(.ipProtocol, 17)
      $0.set(.inPort, 1)
      $0.set(.ipv4Destination, 0xc633_6400, mask: 0xffff_ff00)
      $0.set(.transportDestination, 5353)
    }
    try bench.add(priority: 10, [ct(zone: 2, table: 1, NATAction())]) {
      $0.set(.etherType, 0x800)
      $0.set(.inPort, 2)
      $0.set(.ipv4Destination, 0xc000_0201)
    }
    try bench.add(priority: 5, [ct(zone: 1, table: 1)]) { $0.set(.etherType, 0x800) }
    try bench.add(table: 1, priority: 10, [tell, ct(zone: 1, commits: true), out(2)]) {
      $0.set(.etherType, 0x800)
      $0.set(.inPort, 1)
      $0.set(.trackState, 0x21, mask: 0x31)
    }
    for (port, target) in [(1, 2), (2, 1)] as [(UInt128, UInt32)] {
      try bench.add(table: 1, priority: 5, [tell, out(target)]) { $0.set(.inPort, port) }
    }
  }

  @Test func packetsAreAsOpenVSwitchHasThem() throws {
    let bench = try Bench(ports: 1...2)
    try Self.addFlows(to: bench)
    let lines = try Self.lines()
    #expect(lines.count == 33)
    for (index, line) in lines.enumerated() {
      bench.now = bench.now + .milliseconds(10)
      let sent = bench.send(line.frame, from: line.port)
      let expected = line.sent.map { [Bench.Sent(port: 3 - line.port, frame: $0)] } ?? []
      #expect(sent == expected, "line \(index + 1)")
    }
  }
}
