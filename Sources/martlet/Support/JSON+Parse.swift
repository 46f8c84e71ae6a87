// Says `unsafe` where text, an array, is seen as bytes.

import MartletHTTP
import MartletWire

/// Reading what another of our own programs has written.
extension JSON {
  /// Reads a text; `nil` when it is no JSON, or a number in it is not whole.
  init?(parsing text: [UInt8]) {
    var reader = unsafe JSONReader(ByteText(text.span.bytes), maximumDepth: 16)
    guard let value = Self.value(&reader, (try? reader.next()) ?? nil) else { return nil }
    self = value
  }

  private static func value(_ reader: inout JSONReader, _ event: JSONReader.Event?) -> JSON? {
    switch event {
    case .string(let text): return .string(string(text, reader))
    case .number(let number): return number.integer.map { .number($0) }
    case .boolean(let value): return .boolean(value)
    case .null: return .null
    case .arrayStart:
      var values: [JSON] = []
      while let next = (try? reader.next()) ?? nil {
        if next == .arrayEnd { return .array(values) }
        guard let value = value(&reader, next) else { return nil }
        values.append(value)
      }
      return nil
    case .objectStart:
      var members: [(String, JSON)] = []
      while let next = (try? reader.next()) ?? nil {
        if next == .objectEnd { return .object(members) }
        guard case .key(let key) = next,
          let value = value(&reader, (try? reader.next()) ?? nil)
        else { return nil }
        members.append((string(key, reader), value))
      }
      return nil
    default: return nil
    }
  }

  private static func string(_ text: JSONReader.Text, _ reader: borrowing JSONReader) -> String {
    var buffer = OutputBuffer(capacity: 4096)
    reader.append(text, to: &buffer)
    return String(
      decoding: (0..<buffer.count).map { buffer.bytes.load(UInt8.self, at: $0) }, as: UTF8.self)
  }

  // MARK: What is in it

  subscript(name: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.0 == name }?.1
  }

  var elements: [JSON] {
    if case .array(let values) = self { values } else { [] }
  }

  var string: String? {
    if case .string(let value) = self { value } else { nil }
  }

  var integer: Int64? {
    if case .number(let value) = self { value } else { nil }
  }

  var flag: Bool? {
    if case .boolean(let value) = self { value } else { nil }
  }
}
