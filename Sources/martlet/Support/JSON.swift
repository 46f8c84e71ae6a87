/// A JSON value to be written.
indirect enum JSON {
  case null
  case boolean(Bool)
  case number(Int64)
  case string(String)
  case array([JSON])
  /// Its members in the order in which they are written.
  case object([(String, JSON)])

  /// A number that may be too large for others' JSON: beyond 64 bits with a sign it stays at the end.
  static func number(_ value: UInt64) -> JSON { .number(Int64(clamping: value)) }
  static func number(_ value: Int) -> JSON { .number(Int64(value)) }

  /// A number as `0x2a`: as a number it might be too large for others' JSON.
  static func hexadecimal(_ value: some BinaryInteger) -> JSON {
    let text = "0x" + String(value, radix: 16)
    return .string(text)
  }

  /// What a value has to say of itself, as a string.
  static func string(_ value: some CustomStringConvertible) -> JSON { .string(value.description) }

  /// An array with a line for each of its values, which may be many.
  static func lines(_ values: [JSON]) -> String {
    values.isEmpty ? "[]\n" : "[\n" + values.map(\.text).joined(separator: ",\n") + "\n]\n"
  }

  /// The value on one line.
  var text: String {
    switch self {
    case .null: "null"
    case .boolean(let value): value ? "true" : "false"
    case .number(let value): String(value)
    case .string(let value): Self.quoted(value)
    case .array(let values): "[" + values.map(\.text).joined(separator: ",") + "]"
    case .object(let members):
      "{" + members.map { Self.quoted($0) + ":" + $1.text }.joined(separator: ",") + "}"
    }
  }

  private static func quoted(_ value: String) -> String {
    var text = "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\u{0}"..<"\u{20}":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }
}
