import ArgumentParser
import Foundation
import MartletChecksum
import Synchronization

/// `martlet sha256`: digests of files, and whether files still have theirs.
struct SHA256Command: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sha256",
    abstract: "Print or check SHA-256 digests, in the format of sha256sum.",
    discussion: """
      Several files are hashed side by side, on all cores and on all lanes of each. Without FILE, \
      or when it is -, standard input is read. Exit status: 0 all is well, 1 a file could not be \
      read, had another digest, or a list of digests was no such list.
      """)

  @Flag(name: [.short, .long], help: "Read digests from the files and check them.")
  var check = false

  @Flag(name: [.short, .long], help: "Mark names with an asterisk.")
  var binary = false

  @Flag(name: [.short, .long], help: "Mark names with a space (the default).")
  var text = false

  @Flag(help: "Write lines of the form 'SHA256 (name) = digest'.")
  var tag = false

  @Flag(name: [.short, .long], help: "End lines with a zero byte, and write names as they are.")
  var zero = false

  @OptionGroup(title: "Checking") var checking: CheckingOptions

  @Flag(help: "Measure every way this processor has, and what vector registers cost at a switch.")
  var bench = false

  @Argument(help: "The files.", completion: .file())
  var file: [String] = []

  func run() throws {
    if bench {
      PathBenchmark().run(Terminal.say)
      Terminal.say("")
      SwitchBenchmark().run(Terminal.say)
      return
    }
    if !check, let option = checking.firstSet {
      throw refusal("the --\(option) option is meaningful only when verifying checksums")
    }
    if check, tag {
      throw refusal("the --tag option is meaningless when verifying checksums")
    }
    let names = (file.isEmpty ? ["-"] : file).map { Array($0.utf8) }
    let isDone = check ? verify(names) : sum(names)
    guard isDone else { throw ExitCode(1) }
  }

  /// A misuse that sha256sum answers with status 1.
  private func refusal(_ message: String) -> ExitCode {
    Report.complain(message)
    return ExitCode(1)
  }

  // MARK: Summing

  /// Prints the digest of each file; false if one could not be read.
  private func sum(_ names: [[UInt8]]) -> Bool {
    let failed = Atomic(false)
    let bar = ProgressBar(names: names)
    let (isTagged, isBinary, endsWithZero) = (tag, binary, zero)
    Self.hasher(names).run(progress: bar.add) { index, outcome in
      bar.clear()
      switch outcome {
      case .success(let digest):
        let line = ChecksumLine(digest: digest, name: names[index])
        Terminal.write(
          line.text(isTagged: isTagged, isBinary: isBinary, endsWithZero: endsWithZero), to: 1)
      case .failure(let failure):
        Report.complain(names[index], failure.reason)
        failed.store(true, ordering: .relaxed)
      }
    }
    bar.clear()
    return !failed.load(ordering: .relaxed)
  }

  // MARK: Checking

  /// Checks the files that each list names; false if not all is as the lists say.
  private func verify(_ lists: [[UInt8]]) -> Bool {
    var isPassed = true
    for list in lists where !verify(list) { isPassed = false }
    return isPassed
  }

  private func verify(_ list: [UInt8]) -> Bool {
    let name = list == [UInt8(ascii: "-")] ? Array("standard input".utf8) : list
    let contents: [UInt8]
    do throws(FileFailure) {
      contents = try ChecksumCheck.read(list)
    } catch {
      Report.complain(name, error.isDirectory ? "read error" : error.reason)
      return false
    }
    let check = ChecksumCheck(contents: contents)
    guard !check.lines.isEmpty else {
      if checking.warn { Report.complain(check.improperLines, of: name) }
      Report.complain(name, "no properly formatted checksum lines found")
      return false
    }
    return judge(check, from: name)
  }

  private func judge(_ start: ChecksumCheck, from list: [UInt8]) -> Bool {
    let names = start.lines.map(\.name)
    let check = Mutex(start)
    let bar = ProgressBar(names: names)
    let options = checking.values
    Self.hasher(names).run(progress: bar.add) { index, outcome in
      bar.clear()
      let line = start.lines[index]
      if options.isWarning {
        Report.complain(start.improperLines(before: index), of: list)
      }
      let verdict = check.withLock {
        $0.judge(outcome, of: line, ignoringMissing: options.ignoresMissing)
      }
      Report.say(verdict, of: line, quietly: options.isQuiet, silently: options.isSilent)
    }
    bar.clear()
    if options.isWarning {
      Report.complain(start.improperLines(before: start.lines.count), of: list)
    }
    return check.withLock { check in
      if !options.isSilent {
        for warning in check.warnings { Report.complain(warning) }
        if options.ignoresMissing, check.matchCount == 0 {
          Report.complain(list, "no file was verified")
        }
      }
      return check.isPassed(isStrict: options.isStrict, ignoringMissing: options.ignoresMissing)
    }
  }

  private static func hasher(_ names: [[UInt8]]) -> FileHasher {
    FileHasher(names: names, workerCount: ProcessInfo.processInfo.activeProcessorCount)
  }
}

/// What `martlet sha256 --check` is told besides.
struct CheckingOptions: ParsableArguments {
  @Flag(help: "Do not fail or report for missing files.")
  var ignoreMissing = false

  @Flag(help: "Do not print OK for each file that has its digest.")
  var quiet = false

  @Flag(help: "Print nothing; the status says it all.")
  var status = false

  @Flag(help: "Fail for lines that are improperly formatted, too.")
  var strict = false

  @Flag(name: [.short, .long], help: "Name each line that is improperly formatted.")
  var warn = false

  /// The name of the first option that was given; `nil` without any.
  var firstSet: String? {
    let options = [
      ("ignore-missing", ignoreMissing), ("quiet", quiet), ("status", status), ("strict", strict),
      ("warn", warn),
    ]
    return options.first { $0.1 }?.0
  }

  /// The options as plain values, for use on several threads.
  struct Values: Sendable {
    let ignoresMissing, isQuiet, isSilent, isStrict, isWarning: Bool
  }

  var values: Values {
    Values(
      ignoresMissing: ignoreMissing, isQuiet: quiet, isSilent: status, isStrict: strict,
      isWarning: warn)
  }
}

/// The lines of `martlet sha256`, in the words of sha256sum.
private enum Report {
  /// Says on standard error what is wrong.
  static func complain(_ message: String) {
    Terminal.write(Array("martlet sha256: \(message)\n".utf8), to: 2)
  }

  /// Says on standard error what is wrong with a file.
  static func complain(_ name: [UInt8], _ reason: String) {
    let text = Array("martlet sha256: ".utf8) + shown(name) + Array(": \(reason)\n".utf8)
    Terminal.write(text, to: 2)
  }

  /// Says on standard error which lines of a list are none.
  static func complain(_ lines: some Sequence<Int>, of list: [UInt8]) {
    for line in lines { complain(list, "\(line): improperly formatted SHA256 checksum line") }
  }

  /// A name that cannot play tricks on a terminal.
  private static func shown(_ name: [UInt8]) -> [UInt8] {
    guard name.contains(where: { $0 < 0x20 || $0 == 0x7f }) else { return name }
    return name.flatMap { byte in
      byte < 0x20 || byte == 0x7f
        ? Array("\\x".utf8) + [digit(byte >> 4), digit(byte & 15)] : [byte]
    }
  }

  private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }

  /// Says what became of a file.
  static func say(
    _ verdict: ChecksumCheck.Verdict, of line: ChecksumLine, quietly isQuiet: Bool,
    silently isSilent: Bool
  ) {
    if case .unreadable(let failure) = verdict { complain(line.name, failure.reason) }
    guard !isSilent else { return }
    let word: String
    switch verdict {
    case .right where isQuiet: return
    case .missing: return
    case .right: word = "OK"
    case .wrong: word = "FAILED"
    case .unreadable: word = "FAILED open or read"
    }
    Terminal.write(line.reportedName + Array(": \(word)\n".utf8), to: 1)
  }
}
