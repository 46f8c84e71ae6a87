// This file says `unsafe` for one span of its own four bytes.

/// One block of PBKDF2's output in the making.
struct DerivationLane: BitwiseCopyable {
  /// The present U (RFC 8018, 5.2), and what the compression function works on.
  var state = SHA256State.initial
  /// A digest as the message of the next compression, with its padding, as it lies in memory.
  private var block = InlineArray<16, UInt32>(repeating: 0)
  private var sum = SHA256State.initial

  /// Works out U₁ = HMAC(password, salt ‖ number), and fixes the padding of all later messages.
  mutating func start(_ key: borrowing HMACKey, salt: RawSpan, number: UInt32) {
    var hmac = HMAC(key: key)
    hmac.update(salt)
    let bytes: InlineArray<4, UInt8> = [
      UInt8(truncatingIfNeeded: number >> 24), UInt8(truncatingIfNeeded: number >> 16),
      UInt8(truncatingIfNeeded: number >> 8), UInt8(truncatingIfNeeded: number),
    ]
    hmac.update(unsafe bytes.span.bytes)
    state = SHA256State(hmac.finalize())
    sum = state
    // A block of the pad and a digest: 96 bytes.
    block = InlineArray(repeating: 0)
    block[8] = UInt32(0x8000_0000).bigEndian
    block[15] = UInt32(96 * 8).bigEndian
  }

  /// Makes the state the message, and `start` the state.
  mutating func prepare(_ start: SHA256State) {
    for index in 0..<8 { block[index] = state.words[index].bigEndian }
    state = start
  }

  /// Adds the present U to the output.
  mutating func addToSum() {
    for index in 0..<8 { sum.words[index] ^= state.words[index] }
  }

  /// Copies the output to its place, or what fits of it.
  func copy(into output: inout MutableRawSpan, at offset: Int) {
    let digest = SHA256Digest(sum)
    for index in 0..<min(32, output.byteCount - offset) {
      output.storeBytes(of: digest[index], toByteOffset: offset + index, as: UInt8.self)
    }
  }
}
