import ArgumentParser

/// What `martlet sha256 --check` is told besides.
struct CheckingOptions: ParsableArguments {
  /// How much is said; of several the last one holds.
  enum Verbosity: String, EnumerableFlag {
    case quiet, status, warn

    static func name(for value: Verbosity) -> NameSpecification {
      value == .warn ? [.short, .long] : .long
    }

    static func help(for value: Verbosity) -> ArgumentHelp? {
      switch value {
      case .quiet: "Do not print OK for each file that has its digest."
      case .status: "Print nothing; the status says it all."
      case .warn: "Name each line that is improperly formatted."
      }
    }
  }

  @Flag(help: "Do not fail or report for missing files.")
  var ignoreMissing = false

  @Flag var verbosity: [Verbosity] = []

  @Flag(help: "Fail for lines that are improperly formatted, too.")
  var strict = false

  /// The name of the first option that has a meaning for checks alone; `nil` without any.
  var firstSet: String? {
    let last = verbosity.last
    let options = [
      ("ignore-missing", ignoreMissing), ("status", last == .status), ("warn", last == .warn),
      ("quiet", last == .quiet), ("strict", strict),
    ]
    return options.first { $0.1 }?.0
  }

  /// The options as plain values, for use on several threads.
  struct Values: Sendable {
    let ignoresMissing, isQuiet, isSilent, isStrict, isWarning: Bool
  }

  var values: Values {
    let last = verbosity.last
    return Values(
      ignoresMissing: ignoreMissing, isQuiet: last == .quiet, isSilent: last == .status,
      isStrict: strict, isWarning: last == .warn)
  }
}
