import MartletChecksum
import MartletDigest
import Testing

@Suite struct ChecksumLineTests {
  static let digits = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"

  static func line(_ name: String) throws -> ChecksumLine {
    ChecksumLine(digest: try #require(SHA256Digest(hex: digits)), name: Array(name.utf8))
  }

  static func parsed(_ text: some Collection<UInt8>) -> ChecksumLine? {
    var separator = ChecksumSeparator.unknown
    return ChecksumLine(parsing: text, separator: &separator)
  }

  static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test func linesAreWrittenAsPeopleKnowThem() throws {
    let line = try Self.line("h")
    #expect(Self.text(line.text()) == "\(Self.digits)  h\n")
    #expect(Self.text(line.text(isBinary: true)) == "\(Self.digits) *h\n")
    #expect(Self.text(line.text(isTagged: true)) == "SHA256 (h) = \(Self.digits)\n")
    #expect(Self.text(line.text(endsWithZero: true)) == "\(Self.digits)  h\0")
    let odd = try Self.line("a\nb\\c\rd")
    #expect(Self.text(odd.text()) == "\\\(Self.digits)  a\\nb\\\\c\\rd\n")
    #expect(Self.text(odd.text(endsWithZero: true)) == "\(Self.digits)  a\nb\\c\rd\0")
    #expect(Self.text(odd.reportedName) == "\\a\\nb\\\\c\\rd")
    #expect(Self.text(line.reportedName) == "h")
    #expect(Self.text(try Self.line("b\\c").reportedName) == "b\\c")
  }

  @Test(arguments: ["h", "two words", " leading", "*star", "a\nb", "back\\slash", "é", "(x) = y"])
  func whatIsWrittenIsRead(name: String) throws {
    let line = try Self.line(name)
    for text in [line.text(), line.text(isBinary: true), line.text(isTagged: true)] {
      #expect(Self.parsed(text.dropLast()) == line)
    }
  }

  @Test(arguments: [
    "\(digits)  h", "\(digits) *h", "\(digits) h", "\(digits)\th", "  \(digits)  h",
    "\(digits.uppercased())  h", "SHA256 (h) = \(digits)",
    "SHA256(h)= \(digits)", "SHA256 (h)=\(digits)", "SHA256 (h)\t= \(digits)", "\(digits)  h\0tail",
    "SHA256 (h\0) = \(digits)\0tail",
  ])
  func otherToolsAreUnderstood(text: String) throws {
    #expect(Self.parsed(Array(text.utf8)) == (try Self.line("h")))
  }

  @Test(arguments: [
    "", " ", "h", digits, "\(digits) ", "\(digits)h",
    String(digits.dropFirst()) + "  h",
    "g\(digits.dropFirst())  h", "SHA256 (h) = ", "SHA1 (h) = \(digits)",
    "SHA256 (h) =  \(digits.dropFirst())", "\\\(digits)  a\\x", "\\\(digits)  a\\", "0\(digits)  h",
    "SHA256  (h) = \(digits)", "SHA256 (h) \(digits)", "SHA256 (h) = \(digits) ",
    "\\\(digits)  h\0",
  ])
  func anythingElseIsNoLine(text: String) {
    #expect(Self.parsed(Array(text.utf8)) == nil)
  }

  @Test func everyTruncationIsNoLineOrAnotherName() throws {
    let text = try Self.line("some name").text().dropLast()
    for count in 0..<text.count {
      let line = Self.parsed(text.prefix(count))
      #expect((line == nil) == (count <= 65), "\(count) bytes")
    }
  }
}
