/// The fields of a form or a query: `a=1&b=two+words`.
struct Form: Sendable {
  private var fields: [(name: String, value: String)] = []

  /// Reads a text; at most 200 fields. What cannot be decoded is left out.
  init(_ text: String) {
    for pair in text.split(separator: "&").prefix(200) {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = Self.decoded(parts[0]) else { continue }
      guard let value = Self.decoded(parts.count > 1 ? parts[1] : "") else { continue }
      fields.append((name, value))
    }
  }

  /// The first value of a name.
  subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

  /// All values of a name, in order.
  func all(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

  /// A whole number in a range.
  func number(_ name: String, in range: ClosedRange<Int>) -> Int? {
    guard let value = self[name].flatMap({ Int($0) }), range.contains(value) else { return nil }
    return value
  }

  private static func decoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "+"): bytes.append(0x20)
      case UInt8(ascii: "%"):
        guard let high = rest.popFirst(), let low = rest.popFirst(),
          let value = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16)
        else { return nil }
        bytes.append(value)
      default: bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
