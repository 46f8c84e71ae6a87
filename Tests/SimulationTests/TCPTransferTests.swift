import MartletDevice
import MartletStack
import Testing

@Suite("A stream between two stacks")
struct TCPTransferTests {
  @Test("arrives whole over a clean link", arguments: [0, 1, 1459, 1460, 1461, 100_000, 5_000_000])
  func cleanLink(count: Int) throws {
    var network = try Network()
    var (client, server) = try network.connected()
    network.transfer(count, from: &client, to: &server)
    #expect(server.readCount == count)
    #expect(server.mismatch == nil)
    #expect(server.hasEnded)
    #expect(client.error == nil)
  }

  @Test("arrives whole whatever the link does to it", arguments: 1...12)
  func badLink(seed: UInt64) throws {
    var faults = Impairment()
    faults.lossPerMillion = 30_000
    faults.duplicationPerMillion = 10_000
    faults.reorderingPerMillion = 30_000
    faults.corruptionPerMillion = 5000
    faults.delay = .milliseconds(10)
    faults.frameLimit = 2048
    var network = try Network(faults: faults, seed: seed)
    var (client, server) = try network.connected()
    network.transfer(1_000_000, from: &client, to: &server)
    #expect(server.readCount == 1_000_000)
    #expect(server.mismatch == nil)
    #expect(server.hasEnded)
  }

  @Test("works without timestamps and SACK")
  func plainPeer() throws {
    var plain = Network.configuration()
    plain.timestamps = false
    plain.selectiveAcknowledgment = false
    var faults = Impairment.loss(perMillion: 20_000)
    faults.delay = .milliseconds(5)
    faults.frameLimit = 2048
    var network = try Network(server: plain, faults: faults)
    var (client, server) = try network.connected()
    network.transfer(500_000, from: &client, to: &server)
    #expect(server.readCount == 500_000)
    #expect(server.mismatch == nil)
  }

  /// The scale of windows rounds them: what is told must be kept, or the peer sends what is thrown
  /// away.
  @Test("is never sent twice because a window was told and not kept", arguments: [1001, 4999])
  func slowReader(readLimit: Int) throws {
    var network = try Network()
    var (client, server) = try network.connected()
    for _ in 0..<2000 where server.readCount < 800_000 {
      network.client.sendPattern(&client, upTo: 800_000, now: network.now)
      network.server.readPattern(&server, limit: readLimit, now: network.now)
      try network.run(for: .milliseconds(1))
    }
    #expect(server.readCount == 800_000)
    #expect(server.mismatch == nil)
    #expect(network.client.counters.tcpRetransSegs == 0)
  }
}
