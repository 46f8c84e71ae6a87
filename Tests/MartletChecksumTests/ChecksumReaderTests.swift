import MartletChecksum
import MartletDigest
import Testing

@Suite struct ChecksumReaderTests {
  static let digest = SHA256.hash(data: [1])

  static func line(_ name: String) -> ChecksumReader.Entry {
    .line(ChecksumLine(digest: digest, name: Array(name.utf8)))
  }

  static func read(_ text: String, piece: Int, from reader: ChecksumReader = .init())
    -> [ChecksumReader.Entry]
  {
    var reader = reader
    var rest = Array(text.utf8)[...]
    var entries: [ChecksumReader.Entry] = []
    while !rest.isEmpty {
      entries += reader.append(rest.prefix(piece))
      rest = rest.dropFirst(piece)
    }
    return entries + reader.finish()
  }

  @Test(arguments: [1, 2, 7, 64, 1000])
  func linesAndWhatIsNoneAreToldApart(piece: Int) {
    let text =
      "# a comment\n\(Self.digest)  a\nrubbish\n\n\r\n\(Self.digest)  b\r\n\(Self.digest.hex.prefix(9))"
    #expect(
      Self.read(text, piece: piece)
        == [Self.line("a"), .improper(3), Self.line("b"), .improper(7)])
    #expect(Self.read("", piece: 1).isEmpty)
  }

  @Test func aLineIsHandedOutWithItsEnd() {
    var reader = ChecksumReader()
    #expect(reader.append(Array("\(Self.digest)  a".utf8)) == [])
    #expect(reader.append(Array("b\n\(Self.digest)".utf8)) == [Self.line("ab")])
    #expect(reader.append(Array("  c\n".utf8)) == [Self.line("c")])
    #expect(reader.finish() == [])
  }

  @Test func aRunKeepsToOneSeparator() {
    var first = ChecksumReader()
    #expect(first.append(Array("\(Self.digest) a\n".utf8)) == [Self.line("a")])
    let second = ChecksumReader(separator: first.separator)
    #expect(
      Self.read("\(Self.digest)  a\n\(Self.digest) *a\n", piece: 9, from: second)
        == [Self.line(" a"), Self.line("*a")])
    #expect(
      Self.read("\(Self.digest)  a\n\(Self.digest) a\n", piece: 9)
        == [Self.line("a"), .improper(2)])
  }

  @Test func standardInputDoesNotNameItself() {
    let reader = ChecksumReader(isStandardInput: true)
    let text = "\(Self.digest)  -\n\(Self.digest)  --\n"
    #expect(Self.read(text, piece: 100, from: reader) == [.improper(1), Self.line("--")])
    #expect(Self.read(text, piece: 100) == [Self.line("-"), Self.line("--")])
  }
}
