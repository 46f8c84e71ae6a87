import Foundation
@_spi(Testing) import MartletDigest

/// Measures the digests against OpenSSL and swift-crypto, in turns. `Benchmarks/run digest` builds
/// and starts it.
@main
enum Main {
  /// What OpenSSL reads to leave the SHA extensions alone.
  private static let withoutSHA = ("OPENSSL_ia32cap", ":~0x20000000")

  static func main() {
    let arguments = CommandLine.arguments.dropFirst()
    let isJSON = arguments.contains("--json")
    let contestants = Contestants()
    guard contestants.agree() else {
      print("The contestants do not agree on a digest.")
      exit(1)
    }
    var rows: [Row] = []
    func show(_ row: Row) {
      rows.append(row)
      print(isJSON ? row.json : row.text)
      fflush(nil)
    }
    if arguments.contains("--avx2-only") {
      show(contestants.lanes())
      exit(rows.allSatisfy(\.isReached) ? 0 : 2)
    }

    if !isJSON { print(Row.head) }
    for row in [
      contestants.bulk, contestants.small, contestants.code, contestants.keyedCode,
      contestants.batch,
    ] {
      show(row())
    }
    var isReached = rows.allSatisfy(\.isReached)
    if SHA256Path.avx2.isAvailable {
      isReached = runWithoutSHA(isJSON: isJSON) && isReached
    } else {
      print("No AVX2 here: its lanes were not measured.")
    }
    if let index = arguments.firstIndex(of: "--martlet"), index + 1 < CommandLine.arguments.count {
      if let row = CommandRow.measure(martlet: CommandLine.arguments[index + 1]) {
        show(row)
        isReached = row.isReached && isReached
      } else {
        print("The command could not be measured.")
      }
    }
    exit(isReached ? 0 : 2)
  }

  /// OpenSSL chooses its path when it is loaded: it takes a process of its own.
  private static func runWithoutSHA(isJSON: Bool) -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = ["--avx2-only"] + (isJSON ? ["--json"] : [])
    process.environment = ProcessInfo.processInfo.environment.merging([withoutSHA]) { $1 }
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}
