// This file says `unsafe`: the kernel fills its buffers.

internal import Dispatch
internal import Glibc
internal import Synchronization

/// Reads a file on a thread of its own, a few pieces ahead of who hashes them.
///
/// The pieces lie in a ring of buffers. Two semaphores count those that are free and those that are
/// filled, so that a buffer belongs to one side at a time.
@safe final class ReadAhead: @unchecked Sendable {
  private let descriptor: Int32
  private let buffers: [UnsafeMutableRawBufferPointer]
  /// What each buffer's read returned: a number of bytes, 0 at the end, or a negative `errno`.
  private let results: UnsafeMutableBufferPointer<Int>
  private let free: DispatchSemaphore
  private let filled = DispatchSemaphore(value: 0)
  private let hasEnded = DispatchSemaphore(value: 0)
  private let isStopped = Atomic(false)
  /// The buffer that the hashing side looks at next.
  private var position = 0

  private static var bufferCount: Int { 4 }

  /// Starts to read what is left of a file.
  init(descriptor: Int32, bufferSize: Int) {
    self.descriptor = descriptor
    unsafe buffers = (0..<Self.bufferCount).map { _ in
      UnsafeMutableRawBufferPointer.allocate(byteCount: bufferSize, alignment: 4096)
    }
    unsafe results = .allocate(capacity: Self.bufferCount)
    unsafe results.initialize(repeating: 0)
    // One buffer fewer than there are: the piece that was handed out last is still being hashed.
    free = DispatchSemaphore(value: 0)
    for _ in 1..<Self.bufferCount { free.signal() }
    DispatchQueue.global(qos: .userInitiated).async { self.readToEnd() }
  }

  deinit {
    unsafe buffers.forEach { unsafe $0.deallocate() }
    unsafe results.deallocate()
  }

  /// The next piece, empty at the end; it stays until the next call.
  func next() throws(FileFailure) -> UnsafeRawBufferPointer {
    filled.wait()
    let result = unsafe results[position]
    guard result > 0 else {
      // The end comes again, however often one asks.
      filled.signal()
      if result < 0 { throw FileFailure(code: Int32(-result)) }
      return unsafe UnsafeRawBufferPointer(start: nil, count: 0)
    }
    let piece = unsafe UnsafeRawBufferPointer(rebasing: buffers[position][..<result])
    position = (position + 1) % Self.bufferCount
    free.signal()
    return unsafe piece
  }

  /// Ends the reading and returns when nothing touches the descriptor any more.
  func stop() {
    isStopped.store(true, ordering: .relaxed)
    free.signal()
    hasEnded.wait()
  }

  private func readToEnd() {
    defer { hasEnded.signal() }
    var place = 0
    while true {
      free.wait()
      guard !isStopped.load(ordering: .relaxed) else { return }
      let result = unsafe Self.read(descriptor, into: buffers[place])
      unsafe results[place] = result
      filled.signal()
      guard result > 0 else { return }
      place = (place + 1) % Self.bufferCount
    }
  }

  /// The bytes read, or a negative `errno`.
  static func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Int {
    while true {
      let count = unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if count >= 0 { return count }
      if errno != EINTR { return -Int(errno) }
    }
  }
}
