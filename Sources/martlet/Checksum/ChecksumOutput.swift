// Says `unsafe` for the C string of an error.

import Glibc
import MartletChecksum
import Synchronization

/// The lines of `martlet sha256` on standard output, and whether they arrived: a digest that was lost
/// is no success.
final class ChecksumOutput: Sendable {
  /// The `errno` of the first write that failed; 0 for none.
  private let failure = Atomic<Int32>(0)

  /// Whether something was lost: then nothing more need be done.
  var isLost: Bool { failure.load(ordering: .relaxed) != 0 }

  /// Writes bytes, unless earlier ones were lost.
  func write(_ bytes: [UInt8]) {
    guard !isLost, !Terminal.write(bytes, to: STDOUT_FILENO) else { return }
    failure.store(errno, ordering: .relaxed)
  }

  /// Says what became of a file.
  func say(
    _ verdict: ChecksumCheck.Verdict, of line: ChecksumLine, _ options: CheckingOptions.Values
  ) {
    if case .unreadable(let failure) = verdict {
      ChecksumReport.complain(line.name, failure.reason)
    }
    guard !options.isSilent else { return }
    let word: String
    switch verdict {
    case .right where options.isQuiet: return
    case .missing: return
    case .right: word = "OK"
    case .wrong: word = "FAILED"
    case .unreadable: word = "FAILED open or read"
    }
    write(line.reportedName + Array(": \(word)\n".utf8))
  }

  /// Whether all was written; says on standard error if not.
  func isComplete() -> Bool {
    let code = failure.load(ordering: .relaxed)
    guard code != 0 else { return true }
    ChecksumReport.complain("write error: \(unsafe String(cString: strerror(code)))")
    return false
  }
}
