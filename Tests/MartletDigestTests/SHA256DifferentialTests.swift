@_spi(Testing) import MartletDigest
import Testing

@Suite struct SHA256DifferentialTests {
  /// More rounds in a long run.
  static let rounds = isLongRun ? 2000 : 100

  /// What OpenSSL says, or the portable path where OpenSSL is not.
  static func expected(_ message: [UInt8]) -> String {
    if let openSSL = OpenSSL.shared { return hex(openSSL.sha256(message)) }
    return SHA256VectorTests.hash(message, on: .portable)
  }

  @Test(arguments: SHA256Path.available)
  func everyLengthIsRight(path: SHA256Path) {
    var generator = Generator(state: 1)
    for length in 0...300 {
      let message = generator.bytes(length)
      #expect(SHA256VectorTests.hash(message, on: path) == Self.expected(message), "\(length)")
    }
  }

  @Test(arguments: SHA256Path.available)
  func piecesOfAnySizeAreRight(path: SHA256Path) {
    var generator = Generator(state: 2)
    for _ in 0..<Self.rounds {
      let message = generator.bytes(.random(in: 0...1500, using: &generator))
      var hash = SHA256(on: path)
      var rest = message[...]
      while !rest.isEmpty {
        let piece = rest.prefix(.random(in: 0...200, using: &generator))
        hash.update(data: piece)
        rest = rest.dropFirst(piece.count)
        // A digest on the way changes nothing.
        if piece.count % 7 == 0 { _ = hash.finalize() }
      }
      #expect(hash.finalize().hex == Self.expected(message))
    }
  }

  @Test(arguments: SHA256Path.available)
  func everyAlignmentIsRight(path: SHA256Path) {
    var generator = Generator(state: 3)
    let buffer = generator.bytes(1100)
    for offset in 0..<64 {
      let message = Array(buffer[offset..<(offset + 64 * 5 + offset)])
      let digest = unsafe buffer.withUnsafeBytes {
        unsafe SHA256.hash(
          bufferPointer: UnsafeRawBufferPointer(rebasing: $0[offset..<(offset + message.count)]),
          on: path)
      }
      #expect(digest.hex == Self.expected(message), "offset \(offset)")
    }
  }

  @Test func everyWayInGivesTheSame() {
    var generator = Generator(state: 4)
    for length in [0, 1, 63, 64, 65, 200] {
      let message = generator.bytes(length)
      let digest = SHA256.hash(data: message)
      #expect(message.withSpan { SHA256.hash($0) } == digest)
      #expect(unsafe message.withUnsafeBytes { unsafe SHA256.hash(bufferPointer: $0) } == digest)
      // A collection that has no bytes in a row.
      let lazy = message.lazy.map { $0 }
      #expect(SHA256.hash(data: lazy) == digest)
      var hash = SHA256()
      message.withSpan { hash.update($0) }
      let copy = hash
      hash.update(data: [1])
      #expect(copy.finalize() == digest)
      #expect(hash.finalize() == SHA256.hash(data: message + [1]))
    }
  }

  /// Past 2²⁹ bytes the length in bits needs more than 32 of them.
  @Test(.enabled(if: isLongRun, "half a gigabyte: in a long run"))
  func lengthsBeyond32BitsAreRight() {
    let piece = [UInt8](repeating: 0xa5, count: 1 << 20)
    var hash = SHA256()
    for _ in 0..<513 { hash.update(data: piece) }
    let message = [UInt8](repeating: 0xa5, count: 513 << 20)
    #expect(hash.finalize().hex == Self.expected(message))
  }
}
