import Glibc
import MartletChecksum
import Synchronization

/// How far a long run over files has come, on a terminal; nothing elsewhere.
final class ProgressBar: Sendable {
  private struct State {
    var count = 0
    var shownAt: ContinuousClock.Instant?
    var isShown = false
  }

  /// The number of bytes of all files; `nil` if one of them has no length, as a pipe.
  private let total: Int?
  private let isWanted: Bool
  private let start = ContinuousClock.now
  private let state = Mutex(State())

  init(names: [[UInt8]]) {
    isWanted = isatty(STDERR_FILENO) == 1
    guard isWanted else {
      total = nil
      return
    }
    total = names.reduce(0) { sum, name in
      guard let sum, let size = FileHasher.size(of: name) else { return nil }
      let (total, isTooMuch) = sum.addingReportingOverflow(size)
      return isTooMuch ? nil : total
    }
  }

  /// Counts bytes, and shows them from time to time once half a second has passed.
  func add(_ count: Int) {
    guard isWanted else { return }
    state.withLock { state in
      state.count += count
      let now = ContinuousClock.now
      guard start.duration(to: now) > .milliseconds(500) else { return }
      if let last = state.shownAt, last.duration(to: now) < .milliseconds(100) { return }
      state.shownAt = now
      state.isShown = true
      let seconds = start.duration(to: now) / .seconds(1)
      Terminal.write(Array("\r\(line(state.count, seconds))\u{1b}[K".utf8), to: STDERR_FILENO)
    }
  }

  /// Takes the bar away, for a line or for good.
  func clear() {
    guard isWanted else { return }
    state.withLock { state in
      guard state.isShown else { return }
      state.isShown = false
      Terminal.write(Array("\r\u{1b}[K".utf8), to: STDERR_FILENO)
    }
  }

  private func line(_ count: Int, _ seconds: Double) -> String {
    let rate = Int(Double(count) / seconds / 1e7)
    let speed = "\(rate / 100).\(rate % 100 < 10 ? "0" : "")\(rate % 100) GB/s"
    guard let total, total > 0 else { return "\(count >> 20) MiB  \(speed)" }
    let share = min(1, Double(count) / Double(total))
    let full = Int(share * 30)
    let bar = String(repeating: "#", count: full) + String(repeating: "-", count: 30 - full)
    let left = Int(seconds / max(share, 0.001) * (1 - share))
    return "[\(bar)] \(Int(share * 100)) %  \(speed)  \(left) s left"
  }
}
