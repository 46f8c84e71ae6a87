import MartletChecksum
import MartletDigest
import Testing

@Suite struct ChecksumCheckTests {
  static let digest = SHA256.hash(data: [1])
  static let other = SHA256.hash(data: [2])

  static func check(_ text: String) -> ChecksumCheck { ChecksumCheck(contents: Array(text.utf8)) }

  @Test func linesAndWhatIsNoneAreToldApart() {
    let check = Self.check(
      "# a comment\n\(Self.digest)  a\nrubbish\n\n\(Self.digest)  b\n\(Self.digest.hex.prefix(9))")
    #expect(check.lines.map { String(decoding: $0.name, as: UTF8.self) } == ["a", "b"])
    #expect(check.improperLines == [3, 4, 6])
    #expect(check.improperLines(before: 0) == [])
    #expect(check.improperLines(before: 1) == [3, 4])
    #expect(check.improperLines(before: 2) == [6])
    #expect(check.warnings == ["WARNING: 3 lines are improperly formatted"])
    #expect(!Self.check("").isPassed(isStrict: false, ignoringMissing: false))
  }

  @Test func verdictsAreCounted() throws {
    var check = Self.check("\(Self.digest)  a\n")
    let line = try #require(check.lines.first)
    #expect(check.judge(.success(Self.digest), of: line, ignoringMissing: false) == .right)
    #expect(check.isPassed(isStrict: true, ignoringMissing: true))
    #expect(check.judge(.success(Self.other), of: line, ignoringMissing: false) == .wrong)
    #expect(!check.isPassed(isStrict: false, ignoringMissing: false))
    #expect(check.warnings == ["WARNING: 1 computed checksum did NOT match"])
    #expect((check.matchCount, check.mismatchCount, check.unreadableCount) == (1, 1, 0))
  }

  @Test func improperLinesCountInStrictRunsOnly() throws {
    var check = Self.check("\(Self.digest)  a\nrubbish\n")
    let line = try #require(check.lines.first)
    _ = check.judge(.success(Self.digest), of: line, ignoringMissing: false)
    #expect(check.isPassed(isStrict: false, ignoringMissing: false))
    #expect(!check.isPassed(isStrict: true, ignoringMissing: false))
  }

  @Test func nothingFoundIsNotPassed() {
    let check = Self.check("\(Self.digest)  a\n")
    #expect(check.isPassed(isStrict: false, ignoringMissing: false))
    #expect(!check.isPassed(isStrict: false, ignoringMissing: true))
  }
}
