@_spi(Testing) import MartletDigest
import Testing

@Suite struct SHA256VectorTests {
  /// Digests of the bytes (7 i + length) mod 256, from another implementation; the lengths are
  /// those where padding and blocks change.
  static let samples = [
    (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    (1, "4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a"),
    (3, "6ab0dba1f4f1dfbb37b4f9eeb092c09fca4900ad32bdcd147d8dde35d6c87c35"),
    (55, "81afe5b788dc2ce138ff83d9b20164db75a94d75d2b2432eea4a0ef605088c72"),
    (56, "2aba54f0ac632420a2b502431408866e40e1d5e430df4cd822642c78ab2eb9c1"),
    (57, "903284efbf9100e8ba1614ec65eacacad125e03f857cae7acbf8b73b23e0fdfe"),
    (63, "733d3d4ee79ee67145bf73da13588f6f235d37414fc64b14a2f00f1762792f5e"),
    (64, "79322907b3e9d013d7dc2c2f256674dbf733045cde01df3539271c6f5605feb8"),
    (65, "d85c007c6eb440f085afa2b84f6f2bce4658b240e9f62cb1364bf0485a57e720"),
    (119, "6c87eedf096b345de205b702e5223b73b447a3207791ded3ea007ba15ed6736e"),
    (120, "42500cf6a1e3936d6b9e0bcfe296d654b63255e525487d3634d0b15fde591c4d"),
    (127, "68f6ff710276900c0ffbbc57426f67e00c2e01f0750c7edc25ac06b8ce7a8095"),
    (128, "489d55fea9a73af36b6dd0be7b4117d8e5683386d39544e8a44c99a87f368707"),
    (129, "4e1556b2e9a50a3cc9478f3254727b01065f9ac5d2c3a8b4cd538ae7240bb87d"),
    (1000, "6b0df76627243d095b0c4400cb658b7e804dd03461cc03aee8fc8fe0bcada168"),
    (4096, "d010f6d76d0eb4dce5d5b5b34014a8a157ec4380a66c24d7d455a9bf652db14a"),
  ]

  static func hash(_ message: [UInt8], on path: SHA256Path) -> String {
    unsafe message.withUnsafeBytes { unsafe SHA256.hash(bufferPointer: $0, on: path) }.hex
  }

  @Test(arguments: SHA256Path.available)
  func samplesAreRight(path: SHA256Path) {
    for (length, digest) in Self.samples {
      let message = (0..<length).map { UInt8(truncatingIfNeeded: 7 * $0 + length) }
      #expect(Self.hash(message, on: path) == digest, "\(length) bytes")
    }
  }

  /// FIPS 180-2, B.1 to B.3.
  @Test(arguments: SHA256Path.available)
  func examplesOfTheStandardAreRight(path: SHA256Path) {
    #expect(
      Self.hash(Array("abc".utf8), on: path)
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      Self.hash(Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8), on: path)
        == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    #expect(
      Self.hash([UInt8](repeating: 0x61, count: 1_000_000), on: path)
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test(
    .enabled(if: VectorFile.isThere, "needs the vectors that ./test digest fetches"),
    arguments: ["SHA256ShortMsg", "SHA256LongMsg"], SHA256Path.available)
  func NISTByteVectorsAreRight(file: String, path: SHA256Path) throws {
    var count = 0
    for group in try VectorFile.groups("cryptography_vectors/hashes/SHA2/\(file).rsp") {
      guard let length = group["Len"].flatMap({ Int($0) }), let text = group["Msg"],
        let digest = group["MD"]
      else { continue }
      let message = Array(bytes(hex: text).prefix(length / 8))
      #expect(Self.hash(message, on: path) == digest, "\(length) bits")
      count += 1
    }
    #expect(count >= 64)
  }

  @Test(
    .enabled(if: VectorFile.isThere, "needs the vectors that ./test digest fetches"),
    arguments: SHA256Path.available)
  func NISTMonteCarloIsRight(path: SHA256Path) throws {
    let groups = try VectorFile.groups("cryptography_vectors/hashes/SHA2/SHA256Monte.rsp")
    var seed = try #require(groups.compactMap { $0["Seed"] }.first.map { bytes(hex: $0) })
    let expected = groups.compactMap { $0["COUNT"] == nil ? nil : $0["MD"] }
    #expect(expected.count == 100)
    for digest in expected {
      var last = [seed, seed, seed]
      for _ in 0..<1000 {
        var hash = SHA256(on: path)
        for part in last { hash.update(data: part) }
        last = [last[1], last[2], Array(hash.finalize())]
      }
      seed = last[2]
      #expect(hex(seed) == digest)
    }
  }
}
