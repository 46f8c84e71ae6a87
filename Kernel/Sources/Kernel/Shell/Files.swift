import MartletDrivers

/// The files that the machine has.
enum Files {
  /// What is in the file of this name; `nil` when there is none.
  static func contents(of name: [UInt8]) -> [UInt8]? {
    if ("commandline" as StaticString).isEqual(to: name) {
      var line: [UInt8] = []
      while let byte = Kernel.commandLine[line.count] { line.append(byte) }
      return line
    }
    if ("version" as StaticString).isEqual(to: name) {
      return ("Martlet kernel, Embedded Swift, x86_64" as StaticString).bytes
    }
    return nil
  }
}

extension StaticString {
  var bytes: [UInt8] { withUTF8Buffer { unsafe [UInt8]($0) } }
}
