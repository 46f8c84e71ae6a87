import MartletDigest
import Testing

@Suite struct DigestTests {
  static let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

  @Test func digestsAreReadAndPrinted() throws {
    let digest = SHA256.hash(data: Array("abc".utf8))
    #expect(digest.hex == Self.text)
    #expect("\(digest)" == Self.text)
    #expect(try #require(SHA256Digest(hex: Self.text)) == digest)
    #expect(try #require(SHA256Digest(hex: Self.text.uppercased())) == digest)
    #expect(Array(digest) == bytes(hex: Self.text))
    #expect(digest[0] == 0xba && digest[31] == 0xad)
    let read = Array(digest).withSpan { SHA256Digest($0) }
    #expect(read == digest)
    #expect(digest.bytes.byteCount == 32)
    #expect(unsafe digest.withUnsafeBytes { unsafe Array($0) } == Array(digest))
    #expect(MemoryLayout<SHA256Digest>.size == 32)
  }

  @Test(arguments: [
    "", "00", String(text.dropLast()), text + "0", text.replacing("b", with: "g"),
    text.replacing("b", with: " "), "é" + text.dropFirst(2),
  ])
  func otherTextIsNoDigest(text: String) {
    #expect(SHA256Digest(hex: text) == nil)
  }

  @Test func otherLengthsAreNoDigest() {
    for count in [0, 31, 33] {
      let digest = [UInt8](repeating: 1, count: count).withSpan { SHA256Digest($0) }
      #expect(digest == nil)
    }
  }

  @Test func everyBitCounts() throws {
    let digest = try #require(SHA256Digest(hex: Self.text))
    var seen: Set<SHA256Digest> = [digest]
    for bit in 0..<256 {
      var wrong = Array(digest)
      wrong[bit / 8] ^= 1 << UInt8(bit % 8)
      let other = try #require(wrong.withSpan { SHA256Digest($0) })
      #expect(other != digest)
      seen.insert(other)
    }
    #expect(seen.count == 257)
  }
}
