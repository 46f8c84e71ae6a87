import Glibc
import MartletReadiness

/// A folder of one test, removed with what is in it when the test is over.
final class TemporaryFolder {
  private let folder: String
  private var paths: Set<String> = []

  init() throws {
    var template = Array("\(P_tmpdir)/martlet.XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else { throw SystemError("mkdtemp", code: errno) }
    folder = template.prefix { $0 != 0 }.reduce(into: "") { text, byte in
      text.unicodeScalars.append(Unicode.Scalar(UInt8(bitPattern: byte)))
    }
  }

  deinit {
    for path in paths { _ = unsafe unlink(path) }
    _ = unsafe rmdir(folder)
  }

  /// A path in the folder.
  func path(_ name: String) -> String {
    let path = "\(folder)/\(name)"
    paths.insert(path)
    return path
  }
}
