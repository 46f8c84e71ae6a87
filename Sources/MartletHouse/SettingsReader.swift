package import Yams

/// Reads files of settings: YAML, every key known, errors that name the line, the key, what was
/// expected and the nearest name.
package struct SettingsReader {
  /// The most aliases (`*name`). A few lines of aliases to aliases stand for more values than there
  /// are atoms; without them no file stands for more than it says.
  private static let aliasLimit = 8

  private let file: String

  /// Reads a file of that name.
  package init(file: String) { self.file = file }

  /// Reads a text; `advice` says what an empty one lacks.
  package func compose(_ text: String, whenEmpty advice: String) throws(SettingsError) -> Node {
    guard Self.aliasCount(in: text) <= Self.aliasLimit else {
      throw SettingsError(
        file: file, line: 1, key: "",
        problem: "has more than \(Self.aliasLimit) aliases ('*name'); write the values themselves")
    }
    do {
      if let node = try Yams.compose(yaml: text) { return node }
    } catch let error as YamlError {
      throw SettingsError(file: file, line: error.line, key: "", problem: error.summary)
    } catch {
      throw SettingsError(file: file, line: 1, key: "", problem: "is not YAML: \(error)")
    }
    throw SettingsError(
      file: file, line: 1, key: "", problem: "is empty; \(advice)")
  }

  /// How often an alias may begin: comments and quoted text count as well.
  private static func aliasCount(in text: String) -> Int {
    var count = 0
    var last = UInt8(ascii: " ")
    for byte in text.utf8 {
      if last == UInt8(ascii: "*"), isAnchorCharacter(byte) { count += 1 }
      last = byte
    }
    return count
  }

  private static func isAnchorCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  /// The values of a mapping by their keys, each of which must be known and stand there once.
  package func mapping(
    _ node: Node, _ key: String, known: [String]
  ) throws(SettingsError) -> [String: Node] {
    guard let mapping = node.mapping else {
      throw error(node, key, "expected keys and values: \(known.joined(separator: ", "))")
    }
    var result: [String: Node] = [:]
    for (name, value) in mapping {
      guard let text = name.scalar?.string, known.contains(text) else {
        throw error(name, key, NearestName.unknown("key", name.scalar?.string ?? "?", known))
      }
      guard result.updateValue(value, forKey: text) == nil else {
        throw error(name, key, "'\(text)' stands here twice")
      }
    }
    return result
  }

  /// The values of a list.
  package func sequence(_ node: Node, _ key: String) throws(SettingsError) -> [Node] {
    guard let sequence = node.sequence else {
      throw error(node, key, "expected a list: lines that begin with '- '")
    }
    return Array(sequence)
  }

  /// A single value.
  package func string(_ node: Node, _ key: String) throws(SettingsError) -> String {
    guard let scalar = node.scalar else { throw error(node, key, "expected a single value") }
    return scalar.string
  }

  /// The value of a key that must be there.
  package func required(
    _ map: [String: Node], _ name: String, _ node: Node, _ key: String
  ) throws(SettingsError) -> Node {
    guard let value = map[name] else { throw error(node, key, "has no '\(name)'") }
    return value
  }

  /// An error at a place of the file.
  package func error(_ node: Node, _ key: String, _ problem: String) -> SettingsError {
    SettingsError(file: file, line: node.mark?.line ?? 1, key: key, problem: problem)
  }
}

extension YamlError {
  /// The line at which reading stopped.
  fileprivate var line: Int {
    switch self {
    case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _):
      mark.line
    default: 1
    }
  }

  /// What is wrong, without the excerpt.
  fileprivate var summary: String {
    switch self {
    case .scanner(_, let problem, _, _), .parser(_, let problem, _, _),
      .composer(_, let problem, _, _):
      "is not YAML: \(problem)"
    case .duplicatedKeysInMapping(let duplicates, _):
      "has a key twice: \(duplicates.joined(separator: ", "))"
    default: "is not YAML"
    }
  }
}
