/// What `sha256sum -c` counts in one list of digests.
public struct ChecksumCheck: Sendable {
  /// How many lines named a file.
  public private(set) var lineCount = 0
  /// How many lines were none.
  public private(set) var improperCount = 0
  /// How many files had another digest.
  public private(set) var mismatchCount = 0
  /// How many files could not be read.
  public private(set) var unreadableCount = 0
  /// How many files had their digest.
  public private(set) var matchCount = 0

  /// Starts to count.
  public init() {}

  /// Counts what stands in the list.
  public mutating func count(_ entries: [ChecksumReader.Entry]) {
    for entry in entries {
      switch entry {
      case .line: lineCount += 1
      case .improper: improperCount += 1
      }
    }
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
    lineCount > 0 && mismatchCount == 0 && unreadableCount == 0
      && (!isStrict || improperCount == 0) && (!ignoringMissing || matchCount > 0)
  }

  /// The warnings at the end, in the words that people know.
  public var warnings: [String] {
    func warning(_ count: Int, _ one: String, _ many: String) -> String? {
      count == 0 ? nil : "WARNING: \(count) \(count == 1 ? one : many)"
    }
    return [
      warning(
        improperCount, "line is improperly formatted", "lines are improperly formatted"),
      warning(
        unreadableCount, "listed file could not be read", "listed files could not be read"),
      warning(
        mismatchCount, "computed checksum did NOT match", "computed checksums did NOT match"),
    ].compactMap { $0 }
  }
}
