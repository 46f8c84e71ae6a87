// This file says `unsafe`: it lends the buffers of its files to the lanes for the length of a call.

internal import Dispatch
public import MartletDigest
internal import Synchronization

/// Hashes files side by side: every core takes several at once, one a lane.
public struct FileHasher: Sendable {
  /// What is known of a file in the end.
  public typealias Outcome = Result<SHA256Digest, FileFailure>

  /// How many files a core keeps open: as many as the widest of its paths has lanes.
  private static var laneCount: Int { 8 }

  private let names: [[UInt8]]
  private let workerCount: Int
  /// Whether there are cores enough for a second thread a file, which reads while the first hashes.
  private let readsAhead: Bool

  /// Prepares to hash files; the name "-" is standard input.
  ///
  /// - Parameters:
  ///   - names: The files' names.
  ///   - workerCount: How many cores to use, at least one.
  public init(names: [[UInt8]], workerCount: Int) {
    self.names = names
    self.workerCount = max(1, min(workerCount, names.count))
    readsAhead = names.count * 2 <= workerCount
  }

  /// The length of a regular file in bytes; `nil` for anything else, and for what is not there.
  public static func size(of name: [UInt8]) -> Int? { OpenFile.size(of: name) }

  /// Hashes the files and returns when the last one is done.
  ///
  /// - Parameters:
  ///   - progress: Is called from several threads with the number of bytes of each piece read.
  ///   - body: Is called for each file in the order of the names, never twice at a time.
  public func run(
    progress: @escaping @Sendable (Int) -> Void,
    body: @escaping @Sendable (Int, Outcome) -> Void
  ) {
    let queue = Queue(names: names, workerCount: workerCount)
    let results = OrderedResults(count: names.count, body: body)
    DispatchQueue.concurrentPerform(iterations: workerCount) { _ in
      var worker = Worker(
        queue: queue, results: results, readsAhead: readsAhead, progress: progress)
      worker.run()
    }
  }

  /// The names that nobody has taken yet.
  private final class Queue: Sendable {
    private let names: [[UInt8]]
    private let workerCount: Int
    private let next = Mutex(0)

    init(names: [[UInt8]], workerCount: Int) {
      self.names = names
      self.workerCount = workerCount
    }

    /// The next file for a worker that has `count` files open; the last ones are shared out.
    func take(having count: Int) -> (index: Int, name: [UInt8])? {
      next.withLock { next in
        let share = (names.count - next + workerCount - 1) / workerCount
        guard next < names.count, count < min(FileHasher.laneCount, max(1, share + count)) else {
          return nil
        }
        defer { next += 1 }
        return (next, names[next])
      }
    }
  }

  /// Holds back what is done too early.
  private final class OrderedResults: Sendable {
    private struct State {
      var waiting: [Outcome?]
      var next = 0
    }

    private let state: Mutex<State>
    private let body: @Sendable (Int, Outcome) -> Void

    init(count: Int, body: @escaping @Sendable (Int, Outcome) -> Void) {
      state = Mutex(State(waiting: Array(repeating: nil, count: count)))
      self.body = body
    }

    func put(_ outcome: Outcome, at index: Int) {
      state.withLock { state in
        state.waiting[index] = outcome
        while state.next < state.waiting.count, let outcome = state.waiting[state.next] {
          body(state.next, outcome)
          state.next += 1
        }
      }
    }
  }

  /// One core's files.
  private struct Worker {
    let queue: Queue
    let results: OrderedResults
    let readsAhead: Bool
    let progress: @Sendable (Int) -> Void
    private var files: [(index: Int, file: OpenFile)] = []
    private var hashes: [SHA256] = []

    init(
      queue: Queue, results: OrderedResults, readsAhead: Bool,
      progress: @escaping @Sendable (Int) -> Void
    ) {
      self.queue = queue
      self.results = results
      self.readsAhead = readsAhead
      self.progress = progress
    }

    mutating func run() {
      while true {
        openFiles()
        guard !files.isEmpty else { return }
        readPieces()
        hashPieces()
      }
    }

    private mutating func openFiles() {
      while let (index, name) = queue.take(having: files.count) {
        do throws(FileFailure) {
          files.append((index, try OpenFile(name: name, readsAhead: readsAhead)))
          hashes.append(SHA256())
        } catch {
          results.put(.failure(error), at: index)
        }
      }
    }

    /// Reads on in every file, and lets those go that are done.
    private mutating func readPieces() {
      for position in files.indices.reversed() {
        let (index, file) = files[position]
        do throws(FileFailure) {
          if try file.readPiece() { continue }
          results.put(.success(hashes[position].finalize()), at: index)
        } catch {
          results.put(.failure(error), at: index)
        }
        files.remove(at: position)
        hashes.remove(at: position)
      }
    }

    private mutating func hashPieces() {
      let pieces = unsafe files.map { unsafe $0.file.piece }
      var span = hashes.mutableSpan
      unsafe SHA256.update(many: &span, with: pieces.span)
      progress(unsafe pieces.reduce(0) { $0 + $1.count })
    }
  }
}
