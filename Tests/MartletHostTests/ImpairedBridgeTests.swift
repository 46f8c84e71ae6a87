import Glibc
import MartletDevice
import MartletReadiness
import TestSupport
import Testing

@testable import MartletHost

@Suite struct ImpairedBridgeTests {
  /// Sends frames into one side of a bridge over sockets; returns what came out at the other, and
  /// what the bridge counted.
  static func cross(
    _ frames: [[UInt8]], forth: Impairment, back: Impairment = Impairment(), turnedRound: Bool
  ) async throws -> (arrived: [[UInt8]], forth: FaultCounters, back: FaultCounters) {
    let loop = try EventLoop(name: "bridge")
    defer { loop.stop() }
    let left = SocketPair(SOCK_STREAM)
    let right = SocketPair(SOCK_STREAM)
    var near = StreamLinkDevice(connected: Descriptor(left.first))
    var far = StreamLinkDevice(connected: Descriptor(right.first))
    let bridge = ImpairedBridge(
      StreamLinkDevice(connected: Descriptor(left.second)),
      StreamLinkDevice(connected: Descriptor(right.second)),
      forth: forth, back: back, seed: 1, on: loop)
    let run = Task { try await bridge.run() }
    var arrived: [[UInt8]] = []
    _ = turnedRound ? far.send(frames) : near.send(frames)
    // The last frame comes when all before it have.
    while arrived.last != frames.last {
      arrived += turnedRound ? near.frames() : far.frames()
      await Task.yield()
    }
    run.cancel()
    try await run.value
    return (arrived, await bridge.forth, await bridge.back)
  }

  @Test(arguments: [false, true]) func framesCrossBothWays(turnedRound: Bool) async throws {
    let frames = (0..<100).map { [UInt8](repeating: $0, count: 60 + Int($0)) }
    let result = try await Self.cross(frames, forth: Impairment(), turnedRound: turnedRound)
    #expect(result.arrived == frames)
    #expect((turnedRound ? result.back : result.forth).delivered == 100)
    #expect((turnedRound ? result.forth : result.back).offered == 0)
  }

  @Test func eachDirectionHasItsOwnFaults() async throws {
    let frames = (0..<50).map { [UInt8](repeating: $0, count: 60) }
    var twice = Impairment()
    twice.duplicationPerMillion = 1_000_000
    let forth = try await Self.cross(
      frames, forth: twice, back: .loss(perMillion: 1_000_000), turnedRound: false)
    #expect(forth.forth.duplicated == 50)
    #expect(forth.arrived.filter { $0 == frames[7] }.count == 2)
  }

  @Test func aDeviceThatIsGoneEndsTheRun() async throws {
    let loop = try EventLoop(name: "bridge")
    defer { loop.stop() }
    let left = SocketPair(SOCK_STREAM)
    let right = SocketPair(SOCK_STREAM)
    let bridge = ImpairedBridge(
      StreamLinkDevice(connected: Descriptor(left.second)),
      StreamLinkDevice(connected: Descriptor(right.second)), on: loop)
    close(left.first)
    try await bridge.run()
    close(right.first)
  }
}
