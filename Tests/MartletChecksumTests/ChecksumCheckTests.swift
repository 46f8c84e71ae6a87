import MartletChecksum
import MartletDigest
import Testing

@Suite struct ChecksumCheckTests {
  static let digest = SHA256.hash(data: [1])
  static let other = SHA256.hash(data: [2])
  static let line = ChecksumLine(digest: digest, name: Array("a".utf8))

  static func check(_ entries: [ChecksumReader.Entry]) -> ChecksumCheck {
    var check = ChecksumCheck()
    check.count(entries)
    return check
  }

  @Test func verdictsAreCounted() {
    var check = Self.check([.line(Self.line)])
    #expect(check.judge(.success(Self.digest), of: Self.line, ignoringMissing: false) == .right)
    #expect(check.isPassed(isStrict: true, ignoringMissing: true))
    #expect(check.judge(.success(Self.other), of: Self.line, ignoringMissing: false) == .wrong)
    #expect(!check.isPassed(isStrict: false, ignoringMissing: false))
    #expect(check.warnings == ["WARNING: 1 computed checksum did NOT match"])
    #expect((check.matchCount, check.mismatchCount, check.unreadableCount) == (1, 1, 0))
  }

  @Test func improperLinesCountInStrictRunsOnly() {
    var check = Self.check([.line(Self.line), .improper(2), .improper(3)])
    _ = check.judge(.success(Self.digest), of: Self.line, ignoringMissing: false)
    #expect(check.isPassed(isStrict: false, ignoringMissing: false))
    #expect(!check.isPassed(isStrict: true, ignoringMissing: false))
    #expect(check.warnings == ["WARNING: 2 lines are improperly formatted"])
  }

  @Test func nothingFoundIsNotPassed() {
    #expect(!Self.check([]).isPassed(isStrict: false, ignoringMissing: false))
    #expect(!Self.check([.improper(1)]).isPassed(isStrict: false, ignoringMissing: false))
    let check = Self.check([.line(Self.line)])
    #expect(check.isPassed(isStrict: false, ignoringMissing: false))
    #expect(!check.isPassed(isStrict: false, ignoringMissing: true))
  }
}
