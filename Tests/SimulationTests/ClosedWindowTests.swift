import MartletDevice
import MartletStack
import Testing

/// Windows that close altogether.
@Suite struct ClosedWindowTests {
  /// A scaled window tells a multiple of its unit, more than there is room for: what the peer was
  /// told it may fill, to the byte.
  @Test(arguments: [100_001, 150_077, 262_143, 300_127])
  func peerMayFillTheWindowItWasTold(_ receiveLimit: Int) throws {
    var configuration = Network.configuration()
    configuration.receiveBufferLimit = receiveLimit
    configuration.receiveBufferMaximum = 1 << 20
    configuration.sendBufferLimit = 1 << 20
    var net = try Network(configuration)
    var ends = try net.connected()
    var total = 10_000
    var window = Int.max
    // As many bytes as the window has room for are sent to the last, however few: with nothing
    // behind them, no rule keeps them back.
    for _ in 0..<100 where window > 0 {
      net.client.sendPattern(&ends.client, upTo: total, now: net.now)
      net.run(for: .milliseconds(100)) { _ in true }
      window = try net.client.status(of: ends.client.handle).sendWindow
      total += min(window, 30_000)
    }
    #expect(window == 0)
    #expect(try net.server.receivedCount(on: ends.server.handle) == ends.client.sentCount)
    #expect(net.server.counters.dropped(.tcpOutOfWindow) == 0)
    // Nothing is under way that nobody acknowledges.
    #expect(try net.client.status(of: ends.client.handle).inFlight == 0)
  }
}
