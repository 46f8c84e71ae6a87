import MartletStack

/// B2: one byte there, one byte back, each a segment that acknowledges the other.
enum RequestResponse {
  struct Figures {
    var transactionsPerSecond: Double
    var nanosecondsPerTransaction: Double
    var framesPerTransaction: Double
  }

  static func run(count: Int) throws -> Figures {
    var pair = try Pair(Bulk.Row(id: "B2", mtu: 1500, bufferSize: 256 << 10))
    var byte: [UInt8] = [0]
    let watch = StopWatch()
    for turn in 0..<count {
      let sent = UInt8(truncatingIfNeeded: turn)
      byte[0] = sent
      _ = try pair.send(byte, count: 1)
      pair.turnOver()
      guard try pair.receive(into: &byte) == 1, byte[0] == sent else { throw WrongAnswer() }
      byte[0] = ~sent
      _ = try pair.answer(byte, count: 1)
      pair.turnBack()
      guard try pair.receiveAnswer(into: &byte) == 1, byte[0] == ~sent else {
        throw WrongAnswer()
      }
    }
    let wall = watch.wallSeconds
    return Figures(
      transactionsPerSecond: Double(count) / wall,
      nanosecondsPerTransaction: watch.processorSeconds * 1e9 / Double(count),
      framesPerTransaction: Double(pair.framesForth + pair.framesBack) / Double(count))
  }

  struct WrongAnswer: Error {}
}
