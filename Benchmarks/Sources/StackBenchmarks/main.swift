// B1 and B2 as Documentation/performance.md defines them, our side. One JSON line a figure.
//
// Usage: StackBenchmarks [B1] [B2] [--short]

let arguments = CommandLine.arguments.dropFirst()
let isShort = arguments.contains("--short")
let wanted = Set(arguments.filter { !$0.hasPrefix("--") })

/// Prints one figure.
func report(_ id: String, _ value: Double, _ unit: String) {
  let rounded = (value * 10_000).rounded() / 10_000
  print("{\"id\": \"\(id)\", \"ours\": \(rounded), \"unit\": \"\(unit)\"}")
}

if wanted.isEmpty || wanted.contains("B1") {
  let total = isShort ? 64 << 20 : 1 << 30
  _ = try Bulk.run(mtu: 1500, bufferSize: 256 << 10, byteCount: 8 << 20, verifies: true)
  for (mtu, buffer) in [(1500, 256 << 10), (9000, 256 << 10), (65_520, 1 << 20)] {
    let figures = try Bulk.run(mtu: mtu, bufferSize: buffer, byteCount: total)
    report("B1.\(mtu)", figures.gigabitsPerSecond, "Gbit/s")
    report("B1.\(mtu).cpu", figures.nanosecondsPerByte, "ns/B")
    report("B1.\(mtu).acks", figures.acknowledgmentsPerFrame, "acks/frame")
  }
  let rfc = try Bulk.run(
    mtu: 1500, bufferSize: 256 << 10, byteCount: total, everySecondSegment: true)
  report("B1.1500.every-second", rfc.gigabitsPerSecond, "Gbit/s")
  report("B1.1500.every-second.cpu", rfc.nanosecondsPerByte, "ns/B")
  report("B1.1500.every-second.acks", rfc.acknowledgmentsPerFrame, "acks/frame")
}
if wanted.isEmpty || wanted.contains("B2") {
  let figures = try RequestResponse.run(count: isShort ? 50_000 : 1_000_000)
  report("B2", figures.transactionsPerSecond, "transactions/s")
  report("B2.cpu", figures.nanosecondsPerTransaction, "ns")
  report("B2.frames", figures.framesPerTransaction, "frames/transaction")
}
