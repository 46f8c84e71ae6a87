import MartletDevice
import MartletStack

/// B2: one byte there, one byte back, a million times.
enum RequestResponse {
  struct Figures {
    var transactionsPerSecond: Double
    var nanosecondsPerTransaction: Double
    var framesPerTransaction: Double
  }

  static func run(count: Int) throws -> Figures {
    var pair = try Pair(mtu: 1500, bufferSize: 256 * 1024, everySecondSegment: false)
    var byte: [UInt8] = [1]
    pair.framesForth = 0
    pair.framesBack = 0
    let wallStart = Clock.now
    let processorStart = Clock.processor
    for _ in 0..<count {
      _ = try unsafe pair.a.send(byte.span.bytes, on: pair.connectionA, now: pair.now)
      pair.turnOver()
      guard try take(&byte, of: &pair.b, pair.connectionB, pair.now) else { throw Lost() }
      _ = try unsafe pair.b.send(byte.span.bytes, on: pair.connectionB, now: pair.now)
      pair.b.flush(to: &pair.deviceB, from: pair.interfaceB, now: pair.now)
      pair.turnOver()
      guard try take(&byte, of: &pair.a, pair.connectionA, pair.now) else { throw Lost() }
    }
    let wall = Double((Clock.now - wallStart).microseconds)
    let processor = Double((Clock.processor - processorStart).microseconds)
    return Figures(
      transactionsPerSecond: Double(count) * 1e6 / wall,
      nanosecondsPerTransaction: processor * 1000 / Double(count),
      framesPerTransaction: Double(pair.framesForth + pair.framesBack) / Double(count))
  }

  private static func take(
    _ byte: inout [UInt8], of stack: inout Stack, _ handle: TCPHandle, _ now: Instant
  ) throws -> Bool {
    var bytesOfTarget = byte.mutableSpan
    var span = unsafe bytesOfTarget.mutableBytes
    return try stack.receive(into: &span, on: handle, now: now) == .bytes(1)
  }

  struct Lost: Error {}
}
