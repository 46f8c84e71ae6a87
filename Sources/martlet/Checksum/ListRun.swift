import MartletChecksum
import Synchronization

/// One list of digests being checked: its lines as they come, and what became of the files.
struct ListRun {
  private let name: [UInt8]
  /// The name in messages.
  private let shownName: [UInt8]
  private let options: CheckingOptions.Values
  private let output: ChecksumOutput
  private var check = ChecksumCheck()

  init(name: [UInt8], options: CheckingOptions.Values, output: ChecksumOutput) {
    self.name = name
    self.options = options
    self.output = output
    shownName = name == [UInt8(ascii: "-")] ? Array("standard input".utf8) : name
  }

  /// Checks all files of the list; false if not all is as it says. `separator` goes from list to
  /// list.
  mutating func verify(_ separator: inout ChecksumSeparator) -> Bool {
    do throws(FileFailure) {
      var list = try ChecksumList(name: name, separator: separator)
      defer { separator = list.separator }
      guard judgeAll(of: &list) else { return false }
    } catch {
      ChecksumReport.complain(shownName, error.reason)
      return false
    }
    return conclude()
  }

  private mutating func judgeAll(of list: inout ChecksumList) -> Bool {
    do throws(FileFailure) {
      while !output.isLost, let entries = try list.next() { judge(entries) }
      return true
    } catch {
      ChecksumReport.complain(shownName, "read error")
      return false
    }
  }

  /// Checks the files of some lines, and names the lines that are none where they stand.
  private mutating func judge(_ entries: [ChecksumReader.Entry]) {
    check.count(entries)
    var lines: [ChecksumLine] = []
    // The improper lines before each file, and behind the last.
    var improper: [[Int]] = [[]]
    for entry in entries {
      switch entry {
      case .line(let line):
        lines.append(line)
        improper.append([])
      case .improper(let number): improper[lines.count].append(number)
      }
    }
    judge(lines, improper: improper)
    if options.isWarning { ChecksumReport.complain(improper[lines.count], of: shownName) }
  }

  private mutating func judge(_ lines: [ChecksumLine], improper: [[Int]]) {
    let names = lines.map(\.name)
    let check = Mutex(check)
    let bar = ProgressBar(names: names)
    let (options, output, list) = (options, output, shownName)
    SHA256Command.hasher(names).run(progress: bar.add) { index, outcome in
      bar.clear()
      if options.isWarning { ChecksumReport.complain(improper[index], of: list) }
      let verdict = check.withLock {
        $0.judge(outcome, of: lines[index], ignoringMissing: options.ignoresMissing)
      }
      output.say(verdict, of: lines[index], options)
      return !output.isLost
    }
    bar.clear()
    self.check = check.withLock { $0 }
  }

  /// Says at the end what was wrong.
  private func conclude() -> Bool {
    guard !output.isLost else { return false }
    guard check.lineCount > 0 else {
      ChecksumReport.complain(shownName, "no properly formatted checksum lines found")
      return false
    }
    if !options.isSilent {
      for warning in check.warnings { ChecksumReport.complain(warning) }
      if options.ignoresMissing, check.matchCount == 0 {
        ChecksumReport.complain(shownName, "no file was verified")
      }
    }
    return check.isPassed(isStrict: options.isStrict, ignoringMissing: options.ignoresMissing)
  }
}
