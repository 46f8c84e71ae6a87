/// What `sha256sum -c` does with one checksum file: which files it names, and what became of them.
public struct ChecksumCheck: Sendable {
  /// The lines that were understood.
  public private(set) var lines: [ChecksumLine] = []
  /// The number of each of these lines in the file, from 1.
  public private(set) var lineNumbers: [Int] = []
  /// The numbers of the lines that were not, from 1; comments and empty ends aside.
  public private(set) var improperLines: [Int] = []

  /// How many files had another digest.
  public private(set) var mismatchCount = 0
  /// How many files could not be read.
  public private(set) var unreadableCount = 0
  /// How many files had their digest.
  public private(set) var matchCount = 0

  /// Reads a checksum file. Lines that begin with `#` are comments.
  public init(contents: [UInt8]) {
    var rest = contents[...]
    var number = 0
    while !rest.isEmpty {
      let line = rest.prefix { $0 != UInt8(ascii: "\n") }
      rest = rest.dropFirst(line.count + 1)
      number += 1
      if line.first == UInt8(ascii: "#") { continue }
      if let line = ChecksumLine(parsing: line) {
        lines.append(line)
        lineNumbers.append(number)
      } else {
        improperLines.append(number)
      }
    }
  }

  /// The numbers of the lines that were not understood between a line that was and the one before
  /// it; behind the last one for `lines.count`.
  public func improperLines(before index: Int) -> [Int] {
    let start = index > 0 ? lineNumbers[index - 1] : 0
    let end = index < lineNumbers.count ? lineNumbers[index] : Int.max
    return improperLines.filter { $0 > start && $0 < end }
  }

  /// The contents of a checksum file; "-" is standard input.
  public static func read(_ name: [UInt8]) throws(FileFailure) -> [UInt8] {
    try OpenFile.contents(of: name)
  }

  /// What a file turned out to be.
  public enum Verdict: Equatable, Sendable {
    /// It has its digest.
    case right
    /// It has another digest.
    case wrong
    /// It could not be read.
    case unreadable(FileFailure)
    /// There is none, and that is to be left out.
    case missing
  }

  /// Judges the file of a line.
  public mutating func judge(
    _ outcome: FileHasher.Outcome, of line: ChecksumLine, ignoringMissing: Bool
  ) -> Verdict {
    switch outcome {
    case .success(let digest) where digest == line.digest:
      matchCount += 1
      return .right
    case .success:
      mismatchCount += 1
      return .wrong
    case .failure(let failure) where ignoringMissing && failure.isMissing:
      return .missing
    case .failure(let failure):
      unreadableCount += 1
      return .unreadable(failure)
    }
  }

  /// Whether all is as the file says. A line that was not understood counts in a strict run only;
  /// where files may be missing, one at least must be there.
  public func isPassed(isStrict: Bool, ignoringMissing: Bool) -> Bool {
    !lines.isEmpty && mismatchCount == 0 && unreadableCount == 0
      && (!isStrict || improperLines.isEmpty) && (!ignoringMissing || matchCount > 0)
  }

  /// The warnings at the end, in the words that people know.
  public var warnings: [String] {
    func warning(_ count: Int, _ one: String, _ many: String) -> String? {
      count == 0 ? nil : "WARNING: \(count) \(count == 1 ? one : many)"
    }
    return [
      warning(
        improperLines.count, "line is improperly formatted", "lines are improperly formatted"),
      warning(
        unreadableCount, "listed file could not be read", "listed files could not be read"),
      warning(
        mismatchCount, "computed checksum did NOT match", "computed checksums did NOT match"),
    ].compactMap { $0 }
  }
}
