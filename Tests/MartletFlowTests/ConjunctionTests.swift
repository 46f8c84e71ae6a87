import MartletFlow
import Testing

@Suite struct ConjunctionTests {
  private static func frame(from source: UInt32, port: UInt16) -> [UInt8] {
    Frames.ethernet(
      to: 2, from: 4, type: 0x0800,
      Frames.ipv4(source, 9, proto: 6, Frames.tcp(source, 9, ports: (1, port))))
  }

  /// Sources 1 and 2, ports 80 and 443: four pairs of five flows.
  private static func bench() throws -> Bench {
    let bench = try Bench()
    for source in 1...2 as ClosedRange<UInt128> {
      try bench.add(priority: 10, [.conjunction(id: 7, clause: 0, count: 2)]) {
        $0.set(.etherType, 0x0800)
        $0.set(.ipv4Source, source)
      }
    }
    for port in [80, 443] as [UInt128] {
      try bench.add(priority: 10, [.conjunction(id: 7, clause: 1, count: 2)]) {
        $0.set(.etherType, 0x0800)
        $0.set(.ipProtocol, 6)
        $0.set(.transportDestination, port)
      }
    }
    try bench.add(priority: 1, [.output(PortNumber(2), maxLength: 0)]) { $0.set(.conjunctionID, 7) }
    try bench.add(priority: 0, [.output(PortNumber(3), maxLength: 0)])
    return bench
  }

  @Test func allClausesTogetherMatch() throws {
    let bench = try Self.bench()
    // Twice: the second time it is remembered.
    for _ in 0..<2 {
      #expect(bench.ports(Self.frame(from: 1, port: 80)) == [2])
      #expect(bench.ports(Self.frame(from: 2, port: 443)) == [2])
      #expect(bench.ports(Self.frame(from: 3, port: 80)) == [3])
      #expect(bench.ports(Self.frame(from: 1, port: 81)) == [3])
    }
  }

  @Test func flowsOfTheSamePriorityWin() throws {
    let bench = try Self.bench()
    try bench.add(priority: 10, [.output(PortNumber(4), maxLength: 0)]) {
      $0.set(.transportDestination, 80)
    }
    #expect(bench.ports(Self.frame(from: 1, port: 80)) == [4])
    #expect(bench.ports(Self.frame(from: 1, port: 443)) == [2])
  }

  @Test func clausesDoNothingElse() throws {
    let bench = try Bench()
    let part = Action.conjunction(id: 1, clause: 0, count: 2)
    #expect(throws: FlowError.unsupportedAction) {
      try bench.add([part, .output(PortNumber(2), maxLength: 0)])
    }
    #expect(throws: FlowError.unsupportedAction) {
      try bench.add([.conjunction(id: 1, clause: 2, count: 2)])
    }
    try bench.add([part, .note([1])])
  }
}
