// This file says `unsafe`: the kernel fills its buffer.

internal import Glibc

/// A file being read from front to back, through a buffer of its own.
@safe final class OpenFile {
  private let descriptor: Int32
  /// Whether the descriptor goes with this value; its number says nothing, 0 may be any file.
  private let isOurs: Bool
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
    isOurs = !Self.isStandardInput(name)
    descriptor =
      isOurs ? unsafe Self.withPath(name) { unsafe open($0, O_RDONLY | O_CLOEXEC) } : STDIN_FILENO
    // Allocating may change it.
    let code = errno
    unsafe buffer = .allocate(byteCount: Self.bufferSize, alignment: 4096)
    unsafe piece = UnsafeRawBufferPointer(start: nil, count: 0)
    guard descriptor >= 0 else { throw FileFailure(code: code) }
    _ = posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
  }

  deinit {
    ahead?.stop()
    if isOurs, descriptor >= 0 { close(descriptor) }
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

  /// The length of a regular file in bytes; `nil` for anything else, and for what cannot be opened.
  static func size(of name: [UInt8]) -> Int? {
    guard let status = status(of: name), status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int(status.st_size)
  }

  /// Whether bytes come once, to whoever reads first: standard input, a pipe, a device.
  static func isStream(_ name: [UInt8]) -> Bool {
    if isStandardInput(name) { return true }
    guard let type = status(of: name).map({ $0.st_mode & S_IFMT }) else { return false }
    return type != S_IFREG && type != S_IFDIR
  }

  private static func isStandardInput(_ name: [UInt8]) -> Bool { name == [UInt8(ascii: "-")] }

  private static func status(of name: [UInt8]) -> stat? {
    var status = stat()
    let result =
      isStandardInput(name)
      ? unsafe fstat(STDIN_FILENO, &status)
      : unsafe withPath(name) { unsafe stat($0, &status) }
    return result == 0 ? status : nil
  }

  @unsafe private static func withPath(
    _ name: [UInt8], _ body: (UnsafePointer<CChar>) -> Int32
  ) -> Int32 {
    unsafe (name + [0]).map { CChar(bitPattern: $0) }.withUnsafeBufferPointer {
      unsafe $0.baseAddress.map { unsafe body($0) } ?? -1
    }
  }
}
