// This file says `unsafe`: its messages are parts of one buffer, handed over as pointers.

@_spi(Testing) internal import MartletDigest

/// Every way of this processor to compute SHA-256, for messages from 16 bytes to 1 MiB.
public struct PathBenchmark {
  /// One way, and how many messages it gets at once.
  private struct Row {
    let path: SHA256Path
    let messageCount: Int

    var name: String {
      messageCount == 1 ? path.name : "\(path.name), \(messageCount) messages"
    }
  }

  private static let sizes = (0...8).map { 16 << (2 * $0) }
  private static let smallSizes = [1, 8, 16, 32, 55, 56, 64, 128, 256, 512, 1024]
  private let stopwatch = Stopwatch()
  private let rows: [Row]
  private let buffer: [UInt8]

  /// Prepares the measurement.
  public init() {
    let paths = SHA256Path.allCases.filter(\.isAvailable)
    rows =
      paths.map { Row(path: $0, messageCount: 1) }
      + paths.filter { $0.laneCount > 1 }.map { Row(path: $0, messageCount: $0.laneCount) }
    buffer = (0..<(8 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ $0 >> 8) }
  }

  /// Measures, and hands out the report line by line. Takes about five seconds.
  public func run(_ say: (String) -> Void) {
    say("SHA-256 of whole messages, best of \(Self.repeats) samples taken in turns.")
    say("This processor's choice: \(SHA256Path.best.name).")
    let readings = Self.sizes.map { size in measure(rows, size: size) }
    say("")
    say("GB/s (10⁹ bytes a second)")
    table(readings, say) { reading, size in Self.fixed(Double(size) / reading.seconds / 1e9, 3) }
    say("")
    say("Cycles a byte")
    table(readings, say) { reading, size in Self.fixed(reading.cycles / Double(size), 2) }
    say("")
    sayCrossovers(say)
  }

  // MARK: Measuring

  private static var repeats: Int { 15 }

  /// The best reading of each row for one message of `size` bytes.
  private func measure(_ rows: [Row], size: Int) -> [Stopwatch.Reading] {
    var best: [Stopwatch.Reading?] = rows.map { _ in nil }
    for _ in 0..<Self.repeats {
      for (index, row) in rows.enumerated() {
        let count = max(1, 300_000 / (size + 64) / row.messageCount)
        let reading = stopwatch.measure { hash(row, size: size, count: count) }
        let share = Double(count * row.messageCount)
        let one = Stopwatch.Reading(
          seconds: reading.seconds / share, cycles: reading.cycles / share)
        guard let last = best[index], last.seconds <= one.seconds else {
          best[index] = one
          continue
        }
      }
    }
    return best.compactMap { $0 }
  }

  private func hash(_ row: Row, size: Int, count: Int) {
    unsafe buffer.withUnsafeBytes { buffer in
      let message = unsafe UnsafeRawBufferPointer(rebasing: buffer[..<size])
      guard row.messageCount > 1 else {
        for _ in 0..<count { _ = unsafe SHA256.hash(bufferPointer: message, on: row.path) }
        return
      }
      let messages = unsafe (0..<row.messageCount).map { index in
        unsafe UnsafeRawBufferPointer(rebasing: buffer[(index * size)..<((index + 1) * size)])
      }
      var digests = [SHA256Digest](repeating: SHA256Digest(), count: row.messageCount)
      var span = digests.mutableSpan
      for _ in 0..<count { unsafe SHA256.hash(many: messages.span, into: &span, on: row.path) }
    }
  }

  // MARK: Reporting

  /// From which length on a path is ahead of the portable one. What it costs to begin, a call and
  /// the arranging of its registers, does not grow with the message.
  private func sayCrossovers(_ say: (String) -> Void) {
    let single = rows.filter { $0.messageCount == 1 }
    let readings = Self.smallSizes.map { measure(single, size: $0) }
    for (index, row) in single.enumerated() where row.path != .portable {
      let isAhead = readings.map { $0[index].seconds < $0[0].seconds }
      let losses = isAhead.lastIndex(of: false)
      if losses == nil {
        say("\(row.name) is ahead of Swift from \(Self.smallSizes[0]) byte on: no crossover.")
      } else if let losses, losses + 1 < Self.smallSizes.count {
        say("\(row.name) is ahead of Swift from \(Self.smallSizes[losses + 1]) bytes on.")
      } else {
        say("\(row.name) is not ahead of Swift up to \(Self.smallSizes.last ?? 0) bytes.")
      }
    }
  }

  private func table(
    _ readings: [[Stopwatch.Reading]], _ say: (String) -> Void,
    _ cell: (Stopwatch.Reading, Int) -> String
  ) {
    let width = rows.map(\.name.count).max() ?? 0
    let head = Self.sizes.map { Self.padded(Self.sizeName($0), 8) }.joined()
    say(String(repeating: " ", count: width) + head)
    for (index, row) in rows.enumerated() {
      let cells = zip(readings, Self.sizes).map { Self.padded(cell($0[index], $1), 8) }
      say(row.name + String(repeating: " ", count: width - row.name.count) + cells.joined())
    }
  }

  private static func sizeName(_ size: Int) -> String {
    switch size {
    case ..<1024: "\(size) B"
    case ..<(1 << 20): "\(size >> 10) KiB"
    default: "\(size >> 20) MiB"
    }
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  /// A number with a fixed number of places behind the point.
  static func fixed(_ value: Double, _ places: Int) -> String {
    guard places > 0 else { return String(Int(value.rounded())) }
    let scale = (0..<places).reduce(1) { scale, _ in scale * 10 }
    let rounded = Int((value * Double(scale)).rounded())
    let fraction = String(rounded % scale)
    return "\(rounded / scale)." + String(repeating: "0", count: places - fraction.count) + fraction
  }
}
