/// SipHash-2-4, the keyed hash of this package: demultiplexing, initial sequence numbers, cookies,
/// connection tracking.
///
/// A stranger who does not hold the key can neither aim at one bucket of a table nor tell one
/// connection's numbers from another's. Messages here are whole 64-bit words.
package struct SipHash: Equatable, Sendable, BitwiseCopyable {
  /// The first half of the key.
  package let key0: UInt64
  /// The second half of the key.
  package let key1: UInt64

  /// Takes both halves of the key.
  @inlinable
  package init(key0: UInt64, key1: UInt64) {
    self.key0 = key0
    self.key1 = key1
  }

  /// The hash of the words `a` and `b`.
  @inlinable @inline(__always)
  package func hash(_ a: UInt64, _ b: UInt64) -> UInt64 {
    var state = State(key0: key0, key1: key1)
    state.absorb(a)
    state.absorb(b)
    return state.finish(wordCount: 2)
  }

  /// The hash of the words `a`, `b` and `c`.
  @inlinable
  package func hash(_ a: UInt64, _ b: UInt64, _ c: UInt64) -> UInt64 {
    var state = State(key0: key0, key1: key1)
    state.absorb(a)
    state.absorb(b)
    state.absorb(c)
    return state.finish(wordCount: 3)
  }

  @usableFromInline
  struct State {
    @usableFromInline var v0, v1, v2, v3: UInt64

    @inlinable @inline(__always)
    init(key0: UInt64, key1: UInt64) {
      v0 = key0 ^ 0x736f_6d65_7073_6575
      v1 = key1 ^ 0x646f_7261_6e64_6f6d
      v2 = key0 ^ 0x6c79_6765_6e65_7261
      v3 = key1 ^ 0x7465_6462_7974_6573
    }

    @inlinable @inline(__always)
    mutating func absorb(_ word: UInt64) {
      v3 ^= word
      round()
      round()
      v0 ^= word
    }

    /// Absorbs the length byte that ends a message and returns the hash.
    @inlinable @inline(__always)
    mutating func finish(wordCount: UInt64) -> UInt64 {
      absorb((wordCount &* 8) << 56)
      v2 ^= 0xFF
      round()
      round()
      round()
      round()
      return v0 ^ v1 ^ v2 ^ v3
    }

    @inlinable @inline(__always)
    mutating func round() {
      v0 &+= v1
      v2 &+= v3
      v1 = rotate(v1, 13) ^ v0
      v3 = rotate(v3, 16) ^ v2
      v0 = rotate(v0, 32)
      v2 &+= v1
      v0 &+= v3
      v1 = rotate(v1, 17) ^ v2
      v3 = rotate(v3, 21) ^ v0
      v2 = rotate(v2, 32)
    }

    @inlinable @inline(__always)
    func rotate(_ word: UInt64, _ count: UInt64) -> UInt64 {
      word &<< count | word &>> (64 &- count)
    }
  }
}
