@_spi(Testing) import MartletDigest
import Testing

/// Looks at the memory of a keyed value after its end.
@Suite struct WipingTests {
  /// How many of the value's bytes are not zero: while it lives, and when it is gone.
  static func countTraces<Value: ~Copyable>(
    of make: () -> Value, used: (borrowing Value) -> Void = { _ in }
  ) -> (alive: Int, gone: Int) {
    let size = MemoryLayout<Value>.size
    let place = UnsafeMutablePointer<Value>.allocate(capacity: 1)
    let bytes = unsafe UnsafeRawBufferPointer(start: place, count: size)
    unsafe UnsafeMutableRawBufferPointer(mutating: bytes).initializeMemory(
      as: UInt8.self, repeating: 0)
    unsafe place.initialize(to: make())
    unsafe used(place.pointee)
    let alive = unsafe bytes.prefix(wipedSize(size)).count { $0 != 0 }
    unsafe place.deinitialize(count: 1)
    let gone = unsafe bytes.prefix(wipedSize(size)).count { $0 != 0 }
    unsafe place.deallocate()
    return (alive, gone)
  }

  /// The number of the path is no secret and stands behind the words.
  static func wipedSize(_ size: Int) -> Int { size & ~7 }

  @Test func keysLeaveNothing() {
    let traces = Self.countTraces(of: { HMACKey(data: Array("secret".utf8)) })
    #expect(traces.alive > 48)
    #expect(traces.gone == 0)
  }

  @Test func runningCodesLeaveNothing() {
    let traces = Self.countTraces(of: {
      var hmac = HMAC(key: HMACKey(data: Array("secret".utf8)))
      hmac.update(data: Array("message that stays in the buffer".utf8))
      return hmac
    })
    #expect(traces.alive > 80)
    #expect(traces.gone == 0)
  }

  @Test func derivedKeysLeaveNothing() {
    let traces = Self.countTraces(of: {
      [1, 2, 3].withSpan { HKDF(salt: $0, inputKeyMaterial: $0) }
    })
    #expect(traces.alive > 48)
    #expect(traces.gone == 0)
  }
}
