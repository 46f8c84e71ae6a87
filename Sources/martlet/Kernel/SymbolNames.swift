import Glibc

/// Passes the kernel's console on, and writes a function's name behind each address of a panic.
struct SymbolNames {
  private let image: String
  private var line: [UInt8] = []
  private var symbols: [(address: UInt64, name: String)]?

  init(image: String) { self.image = image }

  /// Shows what the console says. A prompt must not wait for its line's end, so every byte is shown
  /// at once and a name is put in before the end of the line.
  mutating func pass(_ bytes: ArraySlice<UInt8>) {
    var shown: [UInt8] = []
    for byte in bytes {
      if byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\n") {
        if let name = name(for: line) { shown += Array("  \(name)".utf8) }
        line.removeAll()
      } else if line.count < 64 {
        line.append(byte)
      }
      shown.append(byte)
    }
    Terminal.write(shown, to: STDOUT_FILENO)
  }

  /// The function that a line of a panic's walk points into: `  at ADDRESS` or `  from ADDRESS`.
  private mutating func name(for line: [UInt8]) -> String? {
    let words = String(decoding: line, as: UTF8.self).split(separator: " ")
    guard words.count == 2, words[0] == "at" || words[0] == "from", words[1].count == 16,
      let address = UInt64(words[1], radix: 16)
    else { return nil }
    if symbols == nil { symbols = Self.read(image) }
    return symbols?.last { $0.address <= address }?.name
  }

  /// The functions of an image, by address, their names demangled where Swift's tool is there.
  private static func read(_ image: String) -> [(address: UInt64, name: String)] {
    var text: [UInt8] = []
    let script = #"nm -n "$0" | { swift demangle --simplified 2>/dev/null || cat; }"#
    _ = try? ChildProcess.run(["sh", "-c", script, image]) { text += $0 }
    return String(decoding: text, as: UTF8.self).split(separator: "\n").compactMap { row in
      let parts = row.split(separator: " ", maxSplits: 2)
      guard parts.count == 3, parts[1] == "t" || parts[1] == "T",
        let address = UInt64(parts[0], radix: 16)
      else { return nil }
      return (address, String(parts[2]))
    }
  }
}
