@_spi(Testing) import MartletDigest
import Testing

@Suite struct BatchTests {
  /// The digests of a batch on a path.
  static func hash(_ messages: [[UInt8]], on path: SHA256Path) -> [SHA256Digest] {
    // One buffer holds all messages at odd offsets: their pointers live as long as it does.
    let buffer = Array(messages.map { $0 + [0xee] }.joined())
    var digests = [SHA256Digest](repeating: SHA256Digest(), count: messages.count)
    unsafe buffer.withUnsafeBytes { buffer in
      var pointers = unsafe [UnsafeRawBufferPointer]()
      var offset = 0
      for message in messages {
        unsafe pointers.append(
          UnsafeRawBufferPointer(rebasing: buffer[offset..<(offset + message.count)]))
        offset += message.count + 1
      }
      var output = digests.mutableSpan
      unsafe SHA256.hash(many: pointers.span, into: &output, on: path)
    }
    return digests
  }

  @Test(arguments: SHA256Path.available)
  func batchesOfUnequalLengthsAreRight(path: SHA256Path) {
    var generator = Generator(state: 5)
    for count in 0...20 {
      for _ in 0..<(isLongRun ? 50 : 4) {
        let messages = (0..<count).map { _ in
          generator.bytes(.random(in: 0...1000, using: &generator))
        }
        let digests = Self.hash(messages, on: path)
        for (message, digest) in zip(messages, digests) {
          #expect(digest.hex == SHA256DifferentialTests.expected(message), "\(count) messages")
        }
      }
    }
  }

  /// All lanes at the same place, for every place where padding changes.
  @Test(arguments: SHA256Path.available)
  func lanesAgreeWithSwiftVectors(path: SHA256Path) {
    var generator = Generator(state: 6)
    for length in [0, 1, 55, 56, 63, 64, 65, 119, 120, 128, 500] {
      let messages = (0..<8).map { _ in generator.bytes(length) }
      #expect(Self.hash(messages, on: path).map { Array($0) } == SIMD8Oracle.hash(messages))
    }
  }

  @Test func theOracleItselfIsRight() {
    let messages = [[UInt8]](repeating: Array("abc".utf8), count: 8)
    #expect(SIMD8Oracle.hash(messages)[5] == Array(SHA256.hash(data: Array("abc".utf8))))
    #expect(
      hex(SIMD8Oracle.hash(messages)[0])
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  @Test func arraysAndPartsGiveTheSame() {
    var generator = Generator(state: 7)
    let messages = (0..<70).map { _ in generator.bytes(.random(in: 0...300, using: &generator)) }
    #expect(SHA256.hash(many: messages) == messages.map { SHA256.hash(data: $0) })
    #expect(SHA256.hash(many: []).isEmpty)

    let parts = (0..<50).map { _ in
      let start = Int.random(in: 0...500, using: &generator)
      return start..<(start + .random(in: 0...400, using: &generator))
    }
    let whole = generator.bytes(1000)
    var digests = [SHA256Digest](repeating: SHA256Digest(), count: parts.count)
    var output = digests.mutableSpan
    whole.withSpan { SHA256.hash(many: parts.span, of: $0, into: &output) }
    #expect(digests == parts.map { SHA256.hash(data: whole[$0]) })
  }

  @Test(arguments: SHA256Path.available)
  func streamsGrowSideBySide(path: SHA256Path) {
    var generator = Generator(state: 8)
    var streams = [SHA256](repeating: SHA256(on: path), count: 11)
    var messages = [[UInt8]](repeating: [], count: streams.count)
    for _ in 0..<40 {
      let pieces = messages.map { _ in generator.bytes(.random(in: 0...250, using: &generator)) }
      let buffer = Array(pieces.joined())
      unsafe buffer.withUnsafeBytes { buffer in
        var offset = 0
        var pointers = unsafe [UnsafeRawBufferPointer]()
        for piece in pieces {
          unsafe pointers.append(
            UnsafeRawBufferPointer(rebasing: buffer[offset..<(offset + piece.count)]))
          offset += piece.count
        }
        var output = streams.mutableSpan
        unsafe SHA256.update(many: &output, with: pointers.span)
      }
      for index in messages.indices { messages[index] += pieces[index] }
    }
    for (stream, message) in zip(streams, messages) {
      #expect(stream.finalize().hex == SHA256DifferentialTests.expected(message))
    }
  }

  @Test func wrongSizesTrap() async {
    await #expect(processExitsWith: .failure) {
      var digests = [SHA256Digest()]
      var output = digests.mutableSpan
      let parts = [0..<1, 0..<1]
      [1].withSpan { SHA256.hash(many: parts.span, of: $0, into: &output) }
    }
    await #expect(processExitsWith: .failure) {
      var digests = [SHA256Digest()]
      var output = digests.mutableSpan
      let parts = [0..<2]
      [1].withSpan { SHA256.hash(many: parts.span, of: $0, into: &output) }
    }
  }
}
