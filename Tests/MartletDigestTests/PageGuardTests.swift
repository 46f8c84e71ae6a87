import Glibc
@_spi(Testing) import MartletDigest
import Testing

/// Messages that end where memory ends: a read past them is a crash.
@Suite struct PageGuardTests {
  /// Calls `body` with `count` bytes, 3 modulo 251 each, directly before (and, the other time,
  /// directly behind) a page that may not be read.
  @unsafe static func withGuardedBytes(
    _ count: Int, atEnd: Bool, _ body: (UnsafeRawBufferPointer) -> Void
  ) {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let pages = (count + page - 1) / page + 2
    guard
      let memory = unsafe mmap(
        nil, pages * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      unsafe memory != MAP_FAILED
    else {
      Issue.record("no memory")
      return
    }
    let start = unsafe atEnd ? memory + (pages - 1) * page - count : memory + page
    for index in 0..<count {
      unsafe start.storeBytes(of: UInt8((index * 3) % 251), toByteOffset: index, as: UInt8.self)
    }
    #expect(unsafe mprotect(memory, page, PROT_NONE) == 0)
    #expect(unsafe mprotect(memory + (pages - 1) * page, page, PROT_NONE) == 0)
    unsafe body(UnsafeRawBufferPointer(start: start, count: count))
    unsafe munmap(memory, pages * page)
  }

  @Test(arguments: SHA256Path.available)
  func nothingIsReadAroundAMessage(path: SHA256Path) {
    for count in Array(0...130) + [191, 192, 193, 4095, 4096, 4097, 9000] {
      for atEnd in [true, false] {
        unsafe Self.withGuardedBytes(count, atEnd: atEnd) { bytes in
          let whole = unsafe SHA256.hash(bufferPointer: bytes, on: path)
          var hash = SHA256(on: path)
          unsafe hash.update(bufferPointer: bytes)
          #expect(hash.finalize() == whole)
          #expect(
            whole.hex
              == SHA256VectorTests.hash((0..<count).map { UInt8(($0 * 3) % 251) }, on: .portable))

          let batch = unsafe [UnsafeRawBufferPointer](repeating: bytes, count: 11)
          var digests = [SHA256Digest](repeating: SHA256Digest(), count: 11)
          var output = digests.mutableSpan
          unsafe SHA256.hash(many: batch.span, into: &output, on: path)
          #expect(digests.allSatisfy { $0 == whole })
        }
      }
    }
  }
}
