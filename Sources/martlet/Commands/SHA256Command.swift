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
      read, had another digest, a list of digests was no such list, or the output was lost.
      """)

  /// How lines are written; of several the last one holds.
  enum Mark: String, EnumerableFlag {
    case binary, text, tag

    static func name(for value: Mark) -> NameSpecification {
      value == .tag ? .long : [.short, .long]
    }

    static func help(for value: Mark) -> ArgumentHelp? {
      switch value {
      case .binary: "Mark names with an asterisk."
      case .text: "Mark names with a space (the default)."
      case .tag: "Write lines of the form 'SHA256 (name) = digest'."
      }
    }
  }

  @Flag(name: [.short, .long], help: "Read digests from the files and check them.")
  var check = false

  @Flag var marks: [Mark] = []

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
    if let refusal { throw refuse(refusal) }
    Signals.restoreBrokenPipes()
    StandardDescriptors.fill()
    let names = file.isEmpty ? [[UInt8(ascii: "-")]] : ArgumentBytes.matching(file)
    let output = ChecksumOutput()
    let isDone = check ? verify(names, output) : sum(names, output)
    guard output.isComplete(), isDone else { throw ExitCode(1) }
  }

  // MARK: Misuse

  /// What is wrong with the options, in the words of sha256sum.
  private var refusal: String? {
    let isTagged = marks.contains(.tag)
    if isTagged, marks.last == .text {
      return "--tag does not support --text mode"
    }
    guard check else {
      return checking.firstSet.map {
        "the --\($0) option is meaningful only when verifying checksums"
      }
    }
    if zero { return "the --zero option is not supported when verifying checksums" }
    if isTagged { return "the --tag option is meaningless when verifying checksums" }
    guard marks.isEmpty else {
      return "the --binary and --text options are meaningless when verifying checksums"
    }
    return nil
  }

  /// A misuse that sha256sum answers with status 1.
  private func refuse(_ message: String) -> ExitCode {
    ChecksumReport.complain(message)
    Terminal.write(Array("Try 'martlet sha256 --help' for more information.\n".utf8), to: 2)
    return ExitCode(1)
  }

  // MARK: Work

  /// Prints the digest of each file; false if one could not be read.
  private func sum(_ names: [[UInt8]], _ output: ChecksumOutput) -> Bool {
    let failed = Atomic(false)
    let bar = ProgressBar(names: names)
    let (isTagged, isBinary) = (marks.contains(.tag), marks.last == .binary)
    let endsWithZero = zero
    Self.hasher(names).run(progress: bar.add) { index, outcome in
      bar.clear()
      switch outcome {
      case .success(let digest):
        let line = ChecksumLine(digest: digest, name: names[index])
        output.write(
          line.text(isTagged: isTagged, isBinary: isBinary, endsWithZero: endsWithZero))
      case .failure(let failure):
        ChecksumReport.complain(names[index], failure.reason)
        failed.store(true, ordering: .relaxed)
      }
      return !output.isLost
    }
    bar.clear()
    return !failed.load(ordering: .relaxed)
  }

  /// Checks the files that each list names; false if not all is as the lists say.
  private func verify(_ lists: [[UInt8]], _ output: ChecksumOutput) -> Bool {
    var separator = ChecksumSeparator.unknown
    var isPassed = true
    for list in lists where !output.isLost {
      var run = ListRun(name: list, options: checking.values, output: output)
      if !run.verify(&separator) { isPassed = false }
    }
    return isPassed
  }

  static func hasher(_ names: [[UInt8]]) -> FileHasher {
    FileHasher(names: names, workerCount: ProcessInfo.processInfo.activeProcessorCount)
  }
}
