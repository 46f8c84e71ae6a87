import MartletDigest

/// The commands that look at files.
extension Shell {
  func cat(_ words: [[UInt8]]) {
    guard let bytes = contents(words, usage: "cat FILE: commandline or version") else { return }
    for byte in bytes { Console.write(LogLine(bytes: [byte])) }
    Console.write("\n")
  }

  func sha256(_ words: [[UInt8]]) {
    guard let bytes = contents(words, usage: "sha256 FILE") else { return }
    // Without memory for the registers it takes the portable path.
    _ = Vectors.declare()
    let digest = SHA256.hash(data: bytes)
    var line: LogLine = ""
    for index in 0..<SHA256Digest.byteCount {
      line.append(digitsOf: UInt64(digest[index]), radix: 16, width: 2)
    }
    say(line)
  }

  private func contents(_ words: [[UInt8]], usage: StaticString) -> [UInt8]? {
    guard let name = words.first else {
      say("\(usage)")
      return nil
    }
    if let bytes = Files.contents(of: name) { return bytes }
    say("\(text: name): no such file")
    return nil
  }
}
