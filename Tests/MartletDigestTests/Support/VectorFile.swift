import Foundation

/// Files of test vectors that `./test digest` fetches. Without them the committed samples have to
/// do.
enum VectorFile {
  /// The folder with the packages of vectors.
  static let folder = ProcessInfo.processInfo.environment["MARTLET_VECTORS"]

  static var isThere: Bool { folder != nil }

  private static func read(_ path: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: folder ?? "").appendingPathComponent(path))
  }

  /// A file of `Name = value` lines, as groups between blank lines; names in the case of the file.
  static func groups(_ path: String) throws -> [[String: String]] {
    var groups: [[String: String]] = []
    var group: [String: String] = [:]
    for line in String(decoding: try read(path), as: UTF8.self).split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    {
      guard !line.hasPrefix("#") else { continue }
      let parts = line.split(separator: "=", maxSplits: 1).map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      if parts.count == 2 {
        group[parts[0]] = parts[1]
      } else if !group.isEmpty {
        groups.append(group)
        group = [:]
      }
    }
    return group.isEmpty ? groups : groups + [group]
  }

  /// A JSON file.
  static func json(_ path: String) throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: read(path)) as? [String: Any] ?? [:]
  }
}
