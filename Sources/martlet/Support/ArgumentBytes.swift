// Says `unsafe`: the C library has the arguments as pointers.

/// The program's arguments as the bytes they are: the name of a file need not be UTF-8.
enum ArgumentBytes {
  /// The bytes of arguments that were parsed as text, where bytes that are no UTF-8 were replaced;
  /// `texts` are in their order on the command line.
  static func matching(_ texts: [String]) -> [[UInt8]] {
    var rest = all[...]
    return texts.map { text in
      let bytes = rest.firstIndex {
        String(decoding: $0, as: UTF8.self).utf8.elementsEqual(text.utf8)
      }
      guard let bytes else { return Array(text.utf8) }
      defer { rest = rest[(bytes + 1)...] }
      return rest[bytes]
    }
  }

  private static var all: [[UInt8]] {
    (0..<Int(CommandLine.argc)).compactMap { index in
      guard let argument = unsafe CommandLine.unsafeArgv[index] else { return nil }
      var bytes: [UInt8] = []
      var place = unsafe argument
      while unsafe place.pointee != 0 {
        bytes.append(UInt8(bitPattern: unsafe place.pointee))
        unsafe place += 1
      }
      return bytes
    }
  }
}
