// Says `unsafe`: it hands paths and bytes to the kernel. The only file of the module that does.

internal import Glibc

/// An open file, closed at the end of its life.
final class FileDescriptor {
  let number: Int32
  private let path: String

  private init(_ number: Int32, _ path: String) {
    self.number = number
    self.path = path
  }

  deinit { _ = close(number) }

  /// Opens a file to read and write, for this user alone.
  static func open(_ path: String, creates: Bool) throws(StorageError) -> FileDescriptor {
    let flags = O_RDWR | O_CLOEXEC | (creates ? O_CREAT : 0)
    let number = unsafe Glibc.open(path, flags, 0o600)
    guard number >= 0 else { throw Self.error("open", path) }
    return FileDescriptor(number, path)
  }

  /// Takes the lock of the whole file; whether nobody else has it.
  func lock() -> Bool {
    var lock = flock()
    lock.l_type = Int16(truncatingIfNeeded: F_WRLCK)
    lock.l_whence = Int16(truncatingIfNeeded: SEEK_SET)
    return unsafe fcntl(number, F_SETLK, &lock) == 0
  }

  /// All bytes from the start.
  func readAll() throws(StorageError) -> [UInt8] {
    var status = stat()
    guard unsafe fstat(number, &status) == 0 else { throw Self.error("stat", path) }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    var offset = 0
    while offset < bytes.count {
      let length = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe pread(
          number, buffer.baseAddress?.advanced(by: offset), buffer.count - offset, off_t(offset))
      }
      guard length >= 0 || errno == EINTR else { throw Self.error("read", path) }
      guard length != 0 else { break }
      offset += max(0, length)
    }
    return Array(bytes[..<offset])
  }

  func write(_ bytes: [UInt8], at offset: Int) throws(StorageError) {
    var written = 0
    while written < bytes.count {
      let length = unsafe bytes.withUnsafeBytes { buffer in
        unsafe pwrite(
          number, buffer.baseAddress?.advanced(by: written), buffer.count - written,
          off_t(offset + written))
      }
      guard length >= 0 || errno == EINTR else { throw Self.error("write", path) }
      written += max(0, length)
    }
  }

  func truncate(to length: Int) throws(StorageError) {
    guard ftruncate(number, off_t(length)) == 0 else { throw Self.error("truncate", path) }
  }

  func synchronize() throws(StorageError) {
    guard fdatasync(number) == 0 else { throw Self.error("fdatasync", path) }
  }

  /// Makes a name in a folder safe.
  static func synchronizeFolder(of path: String) throws(StorageError) {
    let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
    let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let number = unsafe Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard number >= 0 else { throw error("open", folder) }
    defer { _ = close(number) }
    guard fsync(number) == 0 else { throw error("fsync", folder) }
  }

  static func rename(_ old: String, to new: String) throws(StorageError) {
    guard unsafe Glibc.rename(old, new) == 0 else { throw error("rename", old) }
  }

  static func remove(_ path: String) { _ = unsafe unlink(path) }

  /// The milliseconds since 1970, for the date of a record.
  static var milliseconds: Int64 {
    var now = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &now)
    return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
  }

  private static func error(_ call: String, _ path: String) -> StorageError {
    let code = errno
    let reason = unsafe String(cString: strerror(code))
    return .system(call, path: path, reason: reason)
  }
}
