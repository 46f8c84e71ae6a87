// Says `unsafe`: it hands a path to the kernel.

import Glibc
import MartletDevice
import MartletNodes

/// What a node's outputs do, as a file: a line `time,pin,level` for each change, the time in
/// microseconds since the node began.
///
/// The thread of the stack's loop alone uses it.
final class PinTrace {
  private let descriptor: Int32
  private let start = ContinuousClock.now
  private var levels: [UInt8: PinLevel] = [:]
  private var hasFailed = false

  /// Begins a file, in place of one that is there.
  init(_ path: String) throws(Failure) {
    descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw Failure(
        .cannotCreate, "\(path): cannot be made: \(unsafe String(cString: strerror(errno)))")
    }
    Terminal.write(Array("time,pin,level\n".utf8), to: descriptor)
  }

  deinit { close(descriptor) }

  /// Notes that a pin was given a level now.
  func note(_ level: PinLevel, on pin: UInt8) {
    let (seconds, attoseconds) = (ContinuousClock.now - start).components
    note(level, on: pin, at: seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
  }

  /// Notes a level at so many microseconds since the node began.
  func note(_ level: PinLevel, on pin: UInt8, at time: Int64) {
    guard levels[pin] != level, !hasFailed else { return }
    levels[pin] = level
    let line = "\(time),\(pin),\(level == .high ? 1 : 0)\n"
    guard !Terminal.write(Array(line.utf8), to: descriptor) else { return }
    hasFailed = true
    Terminal.complain("--trace: the file takes no more; outputs go on untraced")
  }
}
