// This file says `unsafe`: the kernel fills its buffer.

internal import Glibc

/// A file being read from front to back, through a buffer of its own.
@safe final class OpenFile {
  private let descriptor: Int32
  private let buffer: UnsafeMutableRawBufferPointer
  /// What the last read brought.
  private(set) var piece: UnsafeRawBufferPointer
  /// Whether a core is free to read while another hashes.
  private let readsAhead: Bool
  private var ahead: ReadAhead?

  /// As much as is read at once: little enough to stay in the cache until it is hashed.
  private static var bufferSize: Int { 256 << 10 }

  /// Opens a file; "-" is standard input.
  ///
  /// - Parameters:
  ///   - name: The file's name.
  ///   - readsAhead: Whether a long file may be read on a thread of its own.
  /// - Throws: ``FileFailure`` when it cannot be opened.
  init(name: [UInt8], readsAhead: Bool = false) throws(FileFailure) {
    self.readsAhead = readsAhead
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
    ahead?.stop()
    if descriptor > STDIN_FILENO { close(descriptor) }
    unsafe buffer.deallocate()
  }

  /// Reads on; false at the end of the file.
  func readPiece() throws(FileFailure) -> Bool {
    if let ahead {
      unsafe piece = try ahead.next()
      return unsafe !piece.isEmpty
    }
    let result = unsafe ReadAhead.read(descriptor, into: buffer)
    guard result >= 0 else { throw FileFailure(code: Int32(-result)) }
    unsafe piece = UnsafeRawBufferPointer(rebasing: buffer[..<result])
    // A file that fills the buffer is probably longer than it, and worth a thread.
    if readsAhead, result == Self.bufferSize {
      ahead = ReadAhead(descriptor: descriptor, bufferSize: Self.bufferSize)
    }
    return result > 0
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
