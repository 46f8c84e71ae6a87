public import MartletDigest

/// Hashes files side by side: every core takes several at once, one a lane.
///
/// What gives its bytes once, a pipe or standard input, is read alone and to its end: two names may
/// mean the same one, and whoever fills several may fill one after the other.
public struct FileHasher: Sendable {
  /// What is known of a file in the end.
  public typealias Outcome = Result<SHA256Digest, FileFailure>

  private let names: [[UInt8]]
  private let workerCount: Int

  /// Prepares to hash files; the name "-" is standard input.
  ///
  /// - Parameters:
  ///   - names: The files' names.
  ///   - workerCount: How many cores to use, at least one.
  public init(names: [[UInt8]], workerCount: Int) {
    self.names = names
    self.workerCount = max(1, workerCount)
  }

  /// The length of a regular file in bytes; `nil` for anything else, and for what is not there.
  public static func size(of name: [UInt8]) -> Int? { OpenFile.size(of: name) }

  /// Hashes the files and returns when the last one is done.
  ///
  /// - Parameters:
  ///   - progress: Is called from several threads with the number of bytes of each piece read.
  ///   - body: Is called for each file in the order of the names, never twice at a time; returns
  ///     whether to go on.
  public func run(
    progress: @escaping @Sendable (Int) -> Void,
    body: @escaping @Sendable (Int, Outcome) -> Bool
  ) {
    let results = OrderedResults(count: names.count, body: body)
    var start = 0
    while start < names.count, !results.isStopped {
      let end = endOfGroup(from: start)
      run(start..<end, into: results, progress: progress)
      start = end
    }
  }

  /// Where the files end that may be read side by side: one stream, or all files before the next.
  private func endOfGroup(from start: Int) -> Int {
    if OpenFile.isStream(names[start]) { return start + 1 }
    return names[(start + 1)...].firstIndex(where: OpenFile.isStream) ?? names.count
  }

  private func run(
    _ range: Range<Int>, into results: OrderedResults, progress: @escaping @Sendable (Int) -> Void
  ) {
    let count = min(workerCount, range.count)
    let queue = FileQueue(range, workerCount: count)
    // With cores enough a second thread reads each file while the first hashes.
    let readsAhead = range.count * 2 <= workerCount
    SystemThread.run(count) { [names] in
      var worker = HashingWorker(
        names: names, queue: queue, results: results, readsAhead: readsAhead, progress: progress)
      worker.run()
    }
  }
}
