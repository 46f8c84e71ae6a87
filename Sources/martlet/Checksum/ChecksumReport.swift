import Foundation
import MartletChecksum

/// What `martlet sha256` says on standard error, in the words of sha256sum.
enum ChecksumReport {
  /// Whether the user's terminal shows UTF-8, as the environment has it.
  private static let isUTF8: Bool = {
    let environment = ProcessInfo.processInfo.environment
    let names = ["LC_ALL", "LC_CTYPE", "LANG"]
    let locale = names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
    let name = locale.lowercased()
    return name.contains("utf-8") || name.contains("utf8")
  }()

  /// Says what is wrong.
  static func complain(_ message: String) {
    Terminal.write(Array("martlet sha256: \(message)\n".utf8), to: 2)
  }

  /// Says what is wrong with a file.
  static func complain(_ name: [UInt8], _ reason: String) {
    let name = QuotedName(name, isUTF8: isUTF8).bytes
    Terminal.write(
      Array("martlet sha256: ".utf8) + name + Array(": \(reason)\n".utf8), to: 2)
  }

  /// Says which lines of a list are none.
  static func complain(_ lines: [Int], of list: [UInt8]) {
    for line in lines { complain(list, "\(line): improperly formatted SHA256 checksum line") }
  }
}
