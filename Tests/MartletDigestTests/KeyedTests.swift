@_spi(Testing) import MartletDigest
import Testing

@Suite struct KeyedTests {
  @Test(
    .enabled(if: OpenSSL.shared != nil, "needs libcrypto.so.3"), arguments: SHA256Path.available)
  func codesAreThoseOfOpenSSL(path: SHA256Path) throws {
    let openSSL = try #require(OpenSSL.shared)
    var generator = Generator(state: 9)
    for _ in 0..<SHA256DifferentialTests.rounds {
      let key = generator.bytes(.random(in: 0...150, using: &generator))
      let message = generator.bytes(.random(in: 0...400, using: &generator))
      let code = hex(openSSL.hmac(message, key: key))
      #expect(KeyedVectorTests.hmac(message, key: key, on: path) == code)
      var hmac = HMAC(key: HMACKey(data: key, on: path))
      let split = Int.random(in: 0...message.count, using: &generator)
      hmac.update(data: message[..<split])
      hmac.update(data: message[split...])
      let streamed = hmac.finalize().hex
      #expect(streamed == code)
    }
  }

  @Test(
    .enabled(if: OpenSSL.shared != nil, "needs libcrypto.so.3"), arguments: SHA256Path.available)
  func passwordKeysAreThoseOfOpenSSL(path: SHA256Path) throws {
    let openSSL = try #require(OpenSSL.shared)
    var generator = Generator(state: 10)
    for count in [1, 31, 32, 33, 64, 96, 97, 128, 255, 256, 257, 400] {
      let password = generator.bytes(.random(in: 0...100, using: &generator))
      let salt = generator.bytes(.random(in: 0...100, using: &generator))
      let rounds = Int.random(in: 1...9, using: &generator)
      let key = try KeyedVectorTests.pbkdf2(
        password, salt: salt, rounds: rounds, count: count, on: path)
      #expect(key == openSSL.pbkdf2(password, salt: salt, rounds: rounds, count: count))
    }
  }

  @Test func onlyTheWholeRightCodeIsValid() {
    let key = HMACKey(data: Array("key".utf8))
    let message = Array("message".utf8)
    let code = key.authenticationCode(data: message)
    let isValid = { (bytes: [UInt8]) in
      message.withSpan { message in
        bytes.withSpan { HMACKey(data: Array("key".utf8)).isValid($0, for: message) }
      }
    }
    #expect(isValid(Array(code)))
    for bit in 0..<256 {
      var wrong = Array(code)
      wrong[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(!isValid(wrong))
    }
    #expect(!isValid(Array(code.prefix(31))))
    #expect(!isValid(Array(code) + [0]))
    #expect(!isValid([]))
    let other = key.isValid(code, data: Array("massage".utf8))
    #expect(!other)
    var hmac = HMAC(key: key)
    hmac.update(data: message)
    let streamed = hmac.isValid(code)
    #expect(streamed)
  }

  @Test func derivationRefusesWhatItCannotGive() throws {
    #expect(try KeyedVectorTests.hkdf([1], salt: [], info: [], count: 255 * 32).count == 8160)
    #expect(throws: DerivationError.outputTooLong(8161)) {
      try KeyedVectorTests.hkdf([1], salt: [], info: [], count: 255 * 32 + 1)
    }
    #expect(throws: DerivationError.badRounds(0)) {
      try KeyedVectorTests.pbkdf2([1], salt: [2], rounds: 0, count: 32)
    }
    #expect(throws: DerivationError.badRounds(-1)) {
      try KeyedVectorTests.pbkdf2([1], salt: [2], rounds: -1, count: 32)
    }
    #expect(try KeyedVectorTests.pbkdf2([1], salt: [2], rounds: 1, count: 0).isEmpty)
  }

  @Test func aUniformSecretSkipsExtraction() throws {
    let secret = Generator(state: 11).state
    let extracted = [UInt8](repeating: UInt8(truncatingIfNeeded: secret), count: 32)
    var output = [UInt8](repeating: 0, count: 32)
    let keys = extracted.withSpan { HKDF(pseudorandomKey: $0) }
    var span = output.mutableSpan
    var bytes = unsafe span.mutableBytes
    try unsafe keys.expand(info: ([7] as [UInt8]).span.bytes, into: &bytes)
    // RFC 5869, 2.3: T(1) = HMAC(PRK, info ‖ 1).
    #expect(hex(output) == KeyedVectorTests.hmac([7, 1], key: extracted))
  }
}
