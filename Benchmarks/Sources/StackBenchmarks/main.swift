// B1 and B2, our side. One JSON line a figure: the median, and the lowest and highest, of some runs.

let usage = """
  usage: StackBenchmarks [--short] [--runs N] [--scale N] [ID…]

    ID         B1, B2, or a row of B1 such as B1.1500.256k; all without one
    --runs N   repetitions of each row, of which the median is given (5; 1 with --short)
    --short    64 MiB and 50,000 transactions a run instead of 1 GiB and a million
    --scale N  one run of N MiB or N thousand transactions, and nothing printed: two such runs
               under a counting tool differ by what the bytes cost, start-up cancels
  """

do throws(ArgumentError) {
  let arguments = try Arguments(CommandLine.arguments.dropFirst())
  try run(arguments)
} catch {
  switch error {
  case .help:
    print(usage)
  case .unknown(let word):
    Standard.error("There is no '\(word)'.\n\(usage)")
    Standard.exit(64)
  case .verification(let id):
    Standard.error("\(id): what arrived is not what was sent, or nothing did.")
    Standard.exit(1)
  }
}

/// Runs every row that was asked for.
func run(_ arguments: Arguments) throws(ArgumentError) {
  for row in Bulk.rows where arguments.wants(row.id, of: "B1") {
    do { try runBulk(row, arguments) } catch { throw .verification(row.id) }
  }
  if arguments.wants("B2", of: "B2") {
    do { try runRequestResponse(arguments) } catch { throw .verification("B2") }
  }
}

func runBulk(_ row: Bulk.Row, _ arguments: Arguments) throws {
  if let scale = arguments.scale {
    _ = try Bulk.run(row, byteCount: scale << 20)
    return
  }
  try Bulk.verify(row, byteCount: 8 << 20)
  var speed = Series(row.id, "Gbit/s")
  var processor = Series("\(row.id).cpu", "ns/B")
  var frames = Series("\(row.id).frames", "frames/s")
  var acknowledgments = Series("\(row.id).acks", "acks/segment")
  for _ in 0..<arguments.runs {
    let figures = try Bulk.run(row, byteCount: arguments.isShort ? 64 << 20 : 1 << 30)
    speed.add(figures.gigabitsPerSecond)
    processor.add(figures.nanosecondsPerByte)
    frames.add(figures.framesPerSecond)
    acknowledgments.add(figures.acknowledgmentsPerSegment)
  }
  for series in [speed, processor, frames, acknowledgments] { print(series.line) }
}

func runRequestResponse(_ arguments: Arguments) throws {
  if let scale = arguments.scale {
    _ = try RequestResponse.run(count: scale * 1000)
    return
  }
  var speed = Series("B2", "transactions/s")
  var processor = Series("B2.cpu", "ns/transaction")
  var frames = Series("B2.frames", "frames/transaction")
  for _ in 0..<arguments.runs {
    let figures = try RequestResponse.run(count: arguments.isShort ? 50_000 : 1_000_000)
    speed.add(figures.transactionsPerSecond)
    processor.add(figures.nanosecondsPerTransaction)
    frames.add(figures.framesPerTransaction)
  }
  for series in [speed, processor, frames] { print(series.line) }
}
