// Says `unsafe`: the kernel fills a buffer.

import Glibc

/// A file that is read from front to back, or standard input.
struct InputFile: ~Copyable {
  private let descriptor: Int32
  /// What to call it to people.
  let name: String

  /// Opens `name`; `-` is standard input.
  init(_ name: String) throws(Failure) {
    self.name = name == "-" ? "standard input" : name
    guard name != "-" else {
      descriptor = STDIN_FILENO
      return
    }
    descriptor = unsafe open(name, O_RDONLY | O_CLOEXEC)
    guard descriptor < 0 else { return }
    switch errno {
    case ENOENT, ENOTDIR: throw Failure(.noInput, "\(name): there is no such file")
    case EACCES: throw Failure(.noPermission, "\(name): you may not read it")
    default: throw Failure(.noInput, "\(name): \(Self.reason(errno))")
    }
  }

  /// Whether there is such a file.
  static func exists(_ name: String) -> Bool { unsafe access(name, F_OK) == 0 }

  deinit { if descriptor != STDIN_FILENO { close(descriptor) } }

  /// The next bytes, as many as are there, up to 64 KiB; `nil` at the end.
  func read() throws(Failure) -> [UInt8]? {
    while true {
      var failure: Int32 = 0
      let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
        let result = unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        failure = result < 0 ? errno : 0
        count = max(0, result)
      }
      switch failure {
      case 0: return bytes.isEmpty ? nil : bytes
      case EINTR: continue
      default: throw Failure(.noInput, "\(name): \(Self.reason(failure))")
      }
    }
  }

  private static func reason(_ code: Int32) -> String {
    unsafe String(cString: strerror(code))
  }
}
