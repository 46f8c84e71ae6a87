import MartletDevice
import MartletStack

/// B1: bulk transfer in memory, one connection, application copies on both sides.
enum Bulk {
  struct Figures {
    var gigabitsPerSecond: Double
    var nanosecondsPerByte: Double
    var acknowledgmentsPerFrame: Double
  }

  static func run(
    mtu: Int, bufferSize: Int, byteCount: Int, everySecondSegment: Bool = false,
    verifies: Bool = false
  ) throws -> Figures {
    var pair = try Pair(mtu: mtu, bufferSize: bufferSize, everySecondSegment: everySecondSegment)
    var source = [UInt8](repeating: 0x5A, count: 65_536)
    if verifies { for index in source.indices { source[index] = UInt8(index & 255 ^ index >> 8) } }
    var target = [UInt8](repeating: 0, count: 65_536)
    pair.framesForth = 0
    pair.framesBack = 0
    let wallStart = Clock.now
    let processorStart = Clock.processor
    var sent = 0
    var received = 0
    while received < byteCount {
      sent += try send(source, from: sent, upTo: byteCount, &pair)
      pair.turnOver()
      received += try receive(into: &target, at: received, of: &pair, verifies ? source : nil)
    }
    let wall = Double((Clock.now - wallStart).microseconds)
    let processor = Double((Clock.processor - processorStart).microseconds)
    return Figures(
      gigabitsPerSecond: Double(byteCount) * 8 / wall / 1000,
      nanosecondsPerByte: processor * 1000 / Double(byteCount),
      acknowledgmentsPerFrame: Double(pair.framesBack) / Double(max(pair.framesForth, 1)))
  }

  private static func send(
    _ source: [UInt8], from position: Int, upTo total: Int, _ pair: inout Pair
  ) throws -> Int {
    var sent = 0
    while position + sent < total {
      let start = (position + sent) & 65_535
      let count = min(65_536 - start, total - position - sent)
      let bytes = unsafe source.span.extracting(start..<start + count).bytes
      let taken = try pair.a.send(bytes, on: pair.connectionA, now: pair.now)
      sent += taken
      if taken < count { break }
    }
    return sent
  }

  private static func receive(
    into target: inout [UInt8], at position: Int, of pair: inout Pair, _ expected: [UInt8]?
  ) throws -> Int {
    var received = 0
    while true {
      var bytesOfTarget = target.mutableSpan
    var span = unsafe bytesOfTarget.mutableBytes
      let result = try pair.b.receive(into: &span, on: pair.connectionB, now: pair.now)
      guard case .bytes(let count) = result else { return received }
      if let expected {
        for index in 0..<count
        where target[index] != expected[(position + received + index) & 65_535] {
          throw VerificationError()
        }
      }
      received += count
    }
  }

  struct VerificationError: Error {}
}
