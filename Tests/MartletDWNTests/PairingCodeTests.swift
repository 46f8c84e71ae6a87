import MartletDWN
import MartletHTTP
import Testing

/// The code that a node shows.
@Suite struct PairingCodeTests {
  static let entropy: [UInt8] = [0x00, 0x44, 0x32, 0x14, 0xC7, 0x42, 0x54, 0xB6, 0x35, 0xCF]

  static func parse(_ text: String) -> PairingCode? {
    unsafe PairingCode(parsing: ByteText(Array(text.utf8).span.bytes))
  }

  @Test func codeOfKnownEntropyIsShownInGroups() throws {
    let code = try #require(PairingCode(entropy: Self.entropy))
    var output = OutputBuffer(capacity: 32)
    code.emit(into: &output)
    let isShown = ByteText(output.bytes).equals("0123-4567-89AB-CDEF")
    #expect(isShown)
    #expect(PairingCode(entropy: Array(Self.entropy.dropLast())) == nil)
  }

  @Test(arguments: [
    "0123-4567-89AB-CDEF", "0123456789abcdef", " 0123 4567 89ab cdef ", "O123-4567-89AB-CDEF",
    "oI23-4567-89ab-cdef", "0L23456789ABCDEF",
  ])
  func whatIsTypedIsForgiven(text: String) throws {
    let code = try #require(Self.parse(text))
    #expect(code == PairingCode(entropy: Self.entropy))
  }

  @Test(arguments: ["", "0123-4567-89AB-CDE", "0123-4567-89AB-CDEF0", "0123-4567-89AB-CDEU", "é"])
  func whatIsNoCodeIsRefused(text: String) {
    #expect(Self.parse(text) == nil)
  }

  @Test func keyIsTheNodesAlone() throws {
    let code = try #require(PairingCode(entropy: Self.entropy))
    // HMAC-SHA-256 of "DWN1 pair" 00 0c "5ccf7f0a1b2c" under "0123456789ABCDEF", by Python.
    let key = code.key(for: "5ccf7f0a1b2c").bytes
    #expect(key.prefix(8).elementsEqual([0x01, 0x44, 0x7C, 0xB7, 0x8C, 0xCF, 0xE0, 0x53]))
    #expect(key.count == PairingKey.byteCount)
    #expect(code.key(for: "5ccf7f0a1b2d").bytes != key)
  }
}
