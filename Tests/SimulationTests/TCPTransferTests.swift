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
}
