import CAllocationCount
@_spi(Testing) import MartletDigest
import Testing

/// Nothing here asks for heap memory, the array form of a batch aside.
@Suite struct AllocationTests {
  /// The number of allocations of ten calls, after one that may set things up.
  static func count(_ body: () -> Void) -> UInt64 {
    body()
    let before = allocation_count()
    for _ in 0..<10 { body() }
    return allocation_count() - before
  }

  @Test(.enabled(if: allocations_are_counted() != 0, "needs glibc's allocator"))
  func allocationsAreCounted() {
    #expect(Self.count { _ = SHA256.hash(many: [[1], [2]]) } >= 10)
  }

  @Test(.enabled(if: allocations_are_counted() != 0, "needs glibc's allocator"))
  func nothingIsAllocated() throws {
    let message = [UInt8](repeating: 7, count: 1000)
    var digests = [SHA256Digest](repeating: SHA256Digest(), count: 10)
    var output = [UInt8](repeating: 0, count: 100)
    let parts = (0..<10).map { (50 * $0)..<(60 * $0 + 100) }
    for path in SHA256Path.available {
      #expect(
        Self.count {
          unsafe message.withUnsafeBytes { _ = unsafe SHA256.hash(bufferPointer: $0, on: path) }
        } == 0)
    }
    #expect(Self.count { _ = SHA256.hash(data: message) } == 0)
    #expect(
      Self.count {
        var hash = SHA256()
        unsafe hash.update(message.span.bytes)
        hash.update(data: message)
        _ = hash.finalize()
      } == 0)
    #expect(
      Self.count {
        var span = digests.mutableSpan
        unsafe SHA256.hash(many: parts.span, of: message.span.bytes, into: &span)
      } == 0)
    let key = HMACKey(data: message)
    let code = key.authenticationCode(data: message)
    #expect(Self.count { _ = key.isValid(code, data: message) } == 0)
    #expect(Self.count { _ = HMAC.authenticationCode(data: message, key: message) } == 0)
    #expect(
      Self.count {
        var hmac = HMAC(key: key)
        unsafe hmac.update(message.span.bytes)
        _ = hmac.finalize()
      } == 0)
    #expect(
      Self.count {
        var span = output.mutableSpan
        var bytes = unsafe span.mutableBytes
        let keys = unsafe HKDF(salt: message.span.bytes, inputKeyMaterial: message.span.bytes)
        try? unsafe keys.expand(info: message.span.bytes, into: &bytes)
        try? unsafe PBKDF2.derive(
          password: message.span.bytes, salt: message.span.bytes, rounds: 3, into: &bytes)
      } == 0)
  }
}
