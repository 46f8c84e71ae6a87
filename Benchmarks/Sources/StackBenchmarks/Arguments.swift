/// What the command line asks for.
struct Arguments {
  private(set) var isShort = false
  /// How often each row is run.
  private(set) var runs = 5
  /// The length of the one run that a counting tool looks at.
  private(set) var scale: Int?
  private var ids: Set<String> = []

  init(_ words: ArraySlice<String>) throws(ArgumentError) {
    var words = words
    while let word = words.popFirst() {
      switch word {
      case "-h", "--help": throw .help
      case "--short":
        isShort = true
        runs = 1
      case "--runs": runs = try Self.number(words.popFirst(), after: word)
      case "--scale": scale = try Self.number(words.popFirst(), after: word)
      default:
        guard word == "B1" || word == "B2" || Bulk.rows.contains(where: { $0.id == word }) else {
          throw .unknown(word)
        }
        ids.insert(word)
      }
    }
  }

  private static func number(
    _ word: String?, after option: String
  ) throws(ArgumentError) -> Int {
    guard let word, let number = Int(word), (1...100_000).contains(number) else {
      throw .unknown("\(option) \(word ?? "")")
    }
    return number
  }

  /// Whether a row, or the benchmark it belongs to, was asked for.
  func wants(_ id: String, of benchmark: String) -> Bool {
    ids.isEmpty || ids.contains(id) || ids.contains(benchmark)
  }
}

/// Why nothing was measured.
enum ArgumentError: Error {
  case help
  case unknown(String)
  case verification(String)
}
