// Says `unsafe`: it hands a path and a lock to the kernel.

import Glibc

/// A file with the process's number that is locked for as long as the process lives: by the lock Open
/// vSwitch's tools know that the number is not one of a process that has gone.
///
/// The lock is `fcntl`'s, and goes with the first descriptor of the file that this process closes: nothing
/// else may open it.
final class ProcessFile: Sendable {
  /// Where it is.
  let path: String
  /// The process that wrote it before this one, if there was one.
  let predecessor: Int?
  private let descriptor: Int32

  /// Makes the file, or takes over the one of a process that has gone.
  ///
  /// Throws a `Failure` when a process that lives has it, or it cannot be written.
  init(at path: String) throws(Failure) {
    let number = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard number >= 0 else { throw Self.failure(path, "cannot be opened") }
    var lock = flock()
    lock.l_type = Int16(truncatingIfNeeded: F_WRLCK)
    lock.l_whence = Int16(truncatingIfNeeded: SEEK_SET)
    guard unsafe fcntl(number, F_SETLK, &lock) == 0 else {
      Glibc.close(number)
      throw Failure(.unavailable, "\(path): another process that runs has it")
    }
    var text = [UInt8](repeating: 0, count: 32)
    let count = unsafe max(0, pread(number, &text, text.count, 0))
    predecessor = Int(String(decoding: text[..<count].prefix { $0 != 10 }, as: UTF8.self))
    let line = Array("\(getpid())\n".utf8)
    guard ftruncate(number, 0) == 0, unsafe pwrite(number, line, line.count, 0) == line.count else {
      Glibc.close(number)
      throw Self.failure(path, "cannot be written")
    }
    self.path = path
    descriptor = number
  }

  /// Takes the file away; the lock goes with it.
  func remove() { RunFolder.remove(path) }

  deinit { Glibc.close(descriptor) }

  private static func failure(_ path: String, _ what: String) -> Failure {
    Failure(.cannotCreate, "\(path): \(what): \(unsafe String(cString: strerror(errno)))")
  }
}
