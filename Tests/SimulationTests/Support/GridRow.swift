import MartletDevice
import MartletStack

/// One bulk transfer over an impaired 100 Mbit/s link, and what is told of it.
struct GridRow: Sendable {
  var name = "grid"
  var lossPerMillion: UInt32 = 0
  var delay = Interval.zero
  var reorderingPerMillion: UInt32 = 0
  var bufferSize = 1 << 20
  var flowCount = 1
  var seconds: Int64 = 5
  var seed: UInt64 = 1

  static let bitsPerSecond: Int64 = 100_000_000
  /// One bandwidth-delay product of a 20 ms round trip, in full Ethernet frames.
  static let queueByteLimit = 171 * 1514

  /// What names the row in the golden table.
  var key: String {
    "\(name) loss=\(lossPerMillion) delay=\(delay.microseconds / 1000) "
      + "reorder=\(reorderingPerMillion) buffer=\(bufferSize >> 10) flows=\(flowCount) "
      + "seconds=\(seconds) seed=\(seed)"
  }

  /// The whole line of the golden table: goodput and fairness are in thousandths.
  func line() throws -> String {
    let result = try run()
    return "\(key): goodput=\(result.goodput) timeouts=\(result.counters.tcpTimeouts) "
      + "retransmitted=\(result.counters.tcpRetransSegs) "
      + "recoveries=\(result.counters.tcpFastRecoveries) "
      + "probes=\(result.counters.tcpLossProbes) fairness=\(result.fairness)"
  }

  private var impairment: Impairment {
    var impairment = Impairment()
    impairment.bitsPerSecond = Self.bitsPerSecond
    impairment.queueByteLimit = Self.queueByteLimit
    impairment.delay = delay
    impairment.frameLimit = 4096
    return impairment
  }

  private func run() throws -> GridResult {
    var configuration = Network.configuration()
    configuration.sendBufferLimit = bufferSize
    configuration.receiveBufferLimit = bufferSize
    configuration.receiveBufferMaximum = bufferSize
    var network = try Network(configuration, faults: impairment, seed: seed)
    var senders: [TCPHandle] = []
    var receivers: [TCPHandle] = []
    for index in 0..<flowCount {
      let ends = try network.connected(port: 80 + UInt16(index), patience: .seconds(1))
      senders.append(ends.client.handle)
      receivers.append(ends.server.handle)
    }
    // The handshakes are lossless: chance begins with the data.
    var faults = impairment
    faults.lossPerMillion = lossPerMillion
    faults.reorderingPerMillion = reorderingPerMillion
    network.clientDevice = FaultInjector(
      network.clientDevice.base, outgoing: faults, incoming: faults, seed: seed)
    let block = [UInt8](repeating: 0x5A, count: 16_384)
    var counts = [Int](repeating: 0, count: flowCount)
    try network.run(for: .seconds(seconds)) { network in
      for index in 0..<flowCount {
        while try unsafe network.client.send(
          block.span.bytes, on: senders[index], now: network.now) == block.count
        {}
        counts[index] += try network.readAll(of: receivers[index])
      }
      return true
    }
    return GridResult(counts: counts, seconds: seconds, counters: network.client.counters)
  }
}

/// The bytes each flow delivered, and the sender's counters.
struct GridResult {
  let counts: [Int]
  let seconds: Int64
  let counters: Counters

  /// Bytes read, in thousandths of what the link carries.
  var goodput: Int {
    counts.reduce(0, +) * 8 * 1000 / Int(GridRow.bitsPerSecond * seconds)
  }

  /// Jain's index of the flows' shares in thousandths: 1000 when all are equal.
  var fairness: Int {
    let kibibytes = counts.map { $0 >> 10 }
    let sum = kibibytes.reduce(0, +)
    let squares = kibibytes.reduce(0) { $0 + $1 * $1 }
    return sum * sum * 1000 / max(counts.count * squares, 1)
  }
}

extension Network {
  /// Reads and forgets what has arrived; returns how many bytes it was.
  fileprivate mutating func readAll(of handle: TCPHandle) throws -> Int {
    var total = 0
    while case .bytes(let count) = try server.withReceived(
      on: handle, now: now, { $0.byteCount })
    {
      total += count
    }
    return total
  }
}
