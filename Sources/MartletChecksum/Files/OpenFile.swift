// This file says `unsafe`: the kernel fills its buffer.

internal import Glibc

/// A file being read from front to back, through a buffer of its own.
@safe final class OpenFile {
  private let descriptor: Int32
  private let buffer: UnsafeMutableRawBufferPointer
  /// What the last read brought.
  private(set) var piece: UnsafeRawBufferPointer

  /// As much as is read at once: little enough to stay in the cache until it is hashed.
  private static var bufferSize: Int { 256 << 10 }

  /// Opens a file; "-" is standard input.
  init(name: [UInt8]) throws(FileFailure) {
    if name == [UInt8(ascii: "-")] {
      descriptor = STDIN_FILENO
    } else {
      descriptor = unsafe (name + [0]).map { CChar(bitPattern: $0) }.withUnsafeBufferPointer {
        unsafe $0.baseAddress.map { unsafe open($0, O_RDONLY | O_CLOEXEC) } ?? -1
      }
    }
    unsafe buffer = .allocate(byteCount: Self.bufferSize, alignment: 4096)
    unsafe piece = UnsafeRawBufferPointer(start: nil, count: 0)
    guard descriptor >= 0 else { throw FileFailure(code: errno) }
    _ = posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
  }

  deinit {
    if descriptor > STDIN_FILENO { close(descriptor) }
    unsafe buffer.deallocate()
  }

  /// Reads on; false at the end of the file.
  func readPiece() throws(FileFailure) -> Bool {
    while true {
      let count = unsafe read(descriptor, buffer.baseAddress, buffer.count)
      if count >= 0 {
        unsafe piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
        return count > 0
      }
      guard errno == EINTR else { throw FileFailure(code: errno) }
    }
  }

  /// All bytes of a file.
  static func contents(of name: [UInt8]) throws(FileFailure) -> [UInt8] {
    let file = try OpenFile(name: name)
    var contents: [UInt8] = []
    while try file.readPiece() { contents += unsafe Array(file.piece) }
    return contents
  }

  /// The length of a regular file in bytes; `nil` for anything else, and for what cannot be opened.
  static func size(of name: [UInt8]) -> Int? {
    var status = stat()
    let result: Int32
    if name == [UInt8(ascii: "-")] {
      result = unsafe fstat(STDIN_FILENO, &status)
    } else {
      result = unsafe (name + [0]).map { CChar(bitPattern: $0) }.withUnsafeBufferPointer {
        unsafe $0.baseAddress.map { unsafe stat($0, &status) } ?? -1
      }
    }
    guard result == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int(status.st_size)
  }
}
