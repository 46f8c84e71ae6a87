import MartletStack

/// B1: bulk transfer in memory over one connection, with the application's copies at both ends.
enum Bulk {
  struct Row {
    let id: String
    let mtu: Int
    /// The send buffer and the receive buffer, in bytes.
    let bufferSize: Int
    /// Whether every second segment is acknowledged at once, as RFC 9293 has it, and not every
    /// batch: so that fewer acknowledgments are not the whole win.
    var everySecondSegment = false
  }

  static let rows = [
    Row(id: "B1.1500.64k", mtu: 1500, bufferSize: 64 << 10),
    Row(id: "B1.1500.256k", mtu: 1500, bufferSize: 256 << 10),
    Row(id: "B1.1500.1m", mtu: 1500, bufferSize: 1 << 20),
    Row(id: "B1.1500.256k.rfc", mtu: 1500, bufferSize: 256 << 10, everySecondSegment: true),
    Row(id: "B1.9000.256k", mtu: 9000, bufferSize: 256 << 10),
    Row(id: "B1.65520.1m", mtu: 65_520, bufferSize: 1 << 20),
  ]

  struct Figures {
    var gigabitsPerSecond: Double
    var nanosecondsPerByte: Double
    var framesPerSecond: Double
    var acknowledgmentsPerSegment: Double
  }

  /// The bytes that the application sends or receives by one call.
  private static let callSize = 64 << 10

  /// Sends `byteCount` bytes from a buffer that never changes, and copies them out at the end.
  static func run(_ row: Row, byteCount: Int) throws -> Figures {
    var pair = try Pair(row)
    let source = [UInt8](repeating: 0x5A, count: callSize)
    var target = [UInt8](repeating: 0, count: callSize)
    let watch = StopWatch()
    var idleTurns = IdleTurns()
    var sent = 0
    var received = 0
    while received < byteCount {
      while sent < byteCount {
        let taken = try pair.send(source, count: min(callSize, byteCount - sent))
        sent += taken
        if taken < callSize { break }
      }
      pair.turnOver()
      let before = received
      while let count = try pair.receive(into: &target) { received += count }
      try idleTurns.count(progress: received - before)
    }
    let wall = watch.wallSeconds
    return Figures(
      gigabitsPerSecond: Double(byteCount) * 8 / wall / 1e9,
      nanosecondsPerByte: watch.processorSeconds * 1e9 / Double(byteCount),
      framesPerSecond: Double(pair.framesForth + pair.framesBack) / wall,
      acknowledgmentsPerSegment: Double(pair.framesBack) / Double(max(pair.framesForth, 1)))
  }

  /// Sends bytes that depend on their position, from a buffer written anew for each call, and looks
  /// at each that arrives.
  static func verify(_ row: Row, byteCount: Int) throws {
    var pair = try Pair(row)
    var source = [UInt8](repeating: 0, count: callSize)
    var target = [UInt8](repeating: 0, count: callSize)
    var idleTurns = IdleTurns()
    var sent = 0
    var received = 0
    while received < byteCount {
      while sent < byteCount {
        for index in source.indices { source[index] = pattern(at: sent + index) }
        let taken = try pair.send(source, count: min(callSize, byteCount - sent))
        sent += taken
        if taken < callSize { break }
      }
      pair.turnOver()
      let before = received
      while let count = try pair.receive(into: &target) {
        for index in 0..<count where target[index] != pattern(at: received + index) {
          throw WrongByte(position: received + index)
        }
        received += count
      }
      try idleTurns.count(progress: received - before)
    }
  }

  /// A byte that differs wherever a block, a segment or a call could be repeated or left out.
  private static func pattern(at position: Int) -> UInt8 {
    let mixed = UInt64(truncatingIfNeeded: position) &* 0x9E37_79B9_7F4A_7C15
    return UInt8(truncatingIfNeeded: mixed >> 56)
  }

  struct WrongByte: Error { let position: Int }

  /// Ends a run in which nothing moves any more. One idle turn is none: a window that was full
  /// opens with the next.
  private struct IdleTurns {
    private var idle = 0

    mutating func count(progress: Int) throws {
      idle = progress > 0 ? 0 : idle + 1
      if idle > 1_000_000 { throw Stalled() }
    }
  }

  struct Stalled: Error {}
}
