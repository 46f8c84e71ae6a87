// What a format costs, in nanoseconds an operation: the best of several rounds, on one core.
//   swift run -c release --package-path Benchmarks WireBenchmarks

import MartletWire

/// Prints the best time of one call of `body`, whose results are added up so that none is left out.
func measure(_ name: String, _ body: () -> UInt64) {
  let clock = ContinuousClock()
  let count = 200_000
  var best = Duration.seconds(3600)
  var sum: UInt64 = 0
  for _ in 0..<9 {
    let time = clock.measure { for _ in 0..<count { sum &+= body() } }
    best = min(best, time / count)
  }
  let picoseconds = best.components.attoseconds / 1_000_000
  let tenths = (picoseconds + 50) / 100
  let padded = name + String(repeating: " ", count: max(1, 28 - name.count))
  print("\(padded)\(tenths / 10).\(tenths % 10) ns", sum == 0 ? "(nothing was done)" : "")
}

func run() throws(WireError) {
  let data = [UInt8]((0..<1514).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 13) })
  var target = [UInt8](repeating: 0, count: 1514)
  for size in [20, 64, 576, 1500] {
    measure("Wire.checksum.\(size)") {
      let bytes = unsafe data.span.bytes.extracting(0..<size)
      return UInt64(InternetChecksum.of(bytes))
    }
  }
  for size in [64, 1500] {
    measure("Wire.checksum.copy.\(size)") {
      let bytes = unsafe data.span.bytes.extracting(0..<size)
      var span = target.mutableSpan
      var room = unsafe span.mutableBytes
      var sum = InternetChecksum()
      sum.copy(bytes, into: &room, at: 0)
      return UInt64(sum.value)
    }
  }
  measure("Wire.checksum.updated") {
    UInt64(InternetChecksum.updated(0x1234, replacing: UInt32(data[9]), with: 0x0A00_0001))
  }
}

try run()
