// Says `unsafe`: it hands a path and memory to the kernel.

internal import Glibc

/// Small files of the host.
enum FileText {
  /// The text of a file, its first `limit` bytes at most; `nil` when it cannot be read.
  static func read(_ path: String, limit: Int) -> String? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { _ = close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: limit)
    var length = 0
    while length < limit {
      let count = unsafe bytes.withUnsafeMutableBytes { bytes in
        unsafe Glibc.read(descriptor, bytes.baseAddress.map { unsafe $0 + length }, limit - length)
      }
      guard count > 0 else { break }
      length += count
    }
    return String(decoding: bytes[0..<length], as: UTF8.self)
  }
}
