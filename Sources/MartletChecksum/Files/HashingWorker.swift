// This file says `unsafe`: it lends the buffers of its files to the lanes for the length of a call.

internal import MartletDigest

/// One core's files.
struct HashingWorker {
  private let names: [[UInt8]]
  private let queue: FileQueue
  private let results: OrderedResults
  private let readsAhead: Bool
  private let progress: @Sendable (Int) -> Void
  private var files: [(index: Int, file: OpenFile)] = []
  private var hashes: [SHA256] = []

  init(
    names: [[UInt8]], queue: FileQueue, results: OrderedResults, readsAhead: Bool,
    progress: @escaping @Sendable (Int) -> Void
  ) {
    self.names = names
    self.queue = queue
    self.results = results
    self.readsAhead = readsAhead
    self.progress = progress
  }

  /// Works until nothing is left to take.
  mutating func run() {
    while !results.isStopped {
      openFiles()
      guard !files.isEmpty else { return }
      readPieces()
      hashPieces()
    }
  }

  private mutating func openFiles() {
    while let index = queue.take(having: files.count) {
      do throws(FileFailure) {
        files.append((index, try OpenFile(name: names[index], readsAhead: readsAhead)))
        hashes.append(SHA256())
      } catch {
        // Whoever has files open comes back for it; that may be another worker.
        if error.isForWantOfDescriptors, queue.putBack(index) { return }
        finish(index, .failure(error))
      }
    }
  }

  /// Reads on in every file, and lets those go that are done.
  private mutating func readPieces() {
    for position in files.indices.reversed() {
      let index = files[position].index
      do throws(FileFailure) {
        if try files[position].file.readPiece() { continue }
        let digest = hashes[position].finalize()
        close(position)
        finish(index, .success(digest))
      } catch {
        close(position)
        finish(index, .failure(error))
      }
    }
  }

  private mutating func close(_ position: Int) {
    files.remove(at: position)
    hashes.remove(at: position)
  }

  private func finish(_ index: Int, _ outcome: FileHasher.Outcome) {
    queue.finish()
    results.put(outcome, at: index)
  }

  private mutating func hashPieces() {
    let pieces = unsafe files.map { unsafe $0.file.piece }
    var span = hashes.mutableSpan
    unsafe SHA256.update(many: &span, with: pieces.span)
    progress(unsafe pieces.reduce(0) { $0 + $1.count })
  }
}
