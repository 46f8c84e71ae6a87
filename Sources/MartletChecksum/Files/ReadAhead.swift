// This file says `unsafe`: the kernel fills its buffers.

internal import Dispatch
internal import Glibc
internal import Synchronization

/// Reads a file on a thread of its own, a few pieces ahead of who hashes them.
///
/// The pieces lie in a ring of buffers in two halves. One semaphore counts the halves that are free, the
/// other the buffers that are filled, so that a buffer belongs to one side at a time. By halves,
/// because the reader is the faster side: woken for every buffer it would cost the other a system
/// call each time.
@safe final class ReadAhead: @unchecked Sendable {
  private let descriptor: Int32
  private let buffers: [UnsafeMutableRawBufferPointer]
  /// What each buffer's read returned: a number of bytes, 0 at the end, or a negative `errno`.
  private let results: UnsafeMutableBufferPointer<Int>
  private let free: DispatchSemaphore
  private let filled = DispatchSemaphore(value: 0)
  private var thread: SystemThread?
  private let isStopped = Atomic(false)
  /// How many pieces the hashing side was handed.
  private var count = 0

  private static var bufferCount: Int { 2 * halfCount }
  private static var halfCount: Int { 4 }

  /// Starts to read what is left of a file; `nil` if there is no thread for it.
  init?(descriptor: Int32, bufferSize: Int) {
    self.descriptor = descriptor
    unsafe buffers = (0..<Self.bufferCount).map { _ in
      UnsafeMutableRawBufferPointer.allocate(byteCount: bufferSize, alignment: 4096)
    }
    unsafe results = .allocate(capacity: Self.bufferCount)
    unsafe results.initialize(repeating: 0)
    free = DispatchSemaphore(value: 0)
    for _ in 0..<2 { free.signal() }
    guard let thread = SystemThread({ self.readToEnd() }) else { return nil }
    self.thread = thread
  }

  deinit {
    unsafe buffers.forEach { unsafe $0.deallocate() }
    unsafe results.deallocate()
  }

  /// The next piece, empty at the end; it stays until the next call.
  func next() throws(FileFailure) -> UnsafeRawBufferPointer {
    filled.wait()
    let place = count % Self.bufferCount
    let result = unsafe results[place]
    guard result > 0 else {
      // The end comes again, however often one asks.
      filled.signal()
      if result < 0 { throw FileFailure(code: Int32(-result)) }
      return unsafe UnsafeRawBufferPointer(start: nil, count: 0)
    }
    // With the first piece of a half the other half is done with.
    if count > 0, count % Self.halfCount == 0 { free.signal() }
    count += 1
    return unsafe UnsafeRawBufferPointer(rebasing: buffers[place][..<result])
  }

  /// Ends the reading and returns when nothing touches the descriptor any more.
  func stop() {
    isStopped.store(true, ordering: .relaxed)
    free.signal()
    thread?.join()
  }

  private func readToEnd() {
    var place = 0
    while true {
      if place % Self.halfCount == 0 { free.wait() }
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
