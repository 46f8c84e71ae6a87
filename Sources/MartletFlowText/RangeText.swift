internal import MartletFlow

/// Bits of fields: `NXM_NX_REG0[0..15]`, `reg0[3]`, `eth_src[]`, `eth_src`.
enum RangeText {
  static func parse(_ text: Substring, of word: String) throws(FlowTextError) -> FieldRange {
    let name = text.prefix { $0 != "[" }
    guard let field = FieldName.find(name) else {
      throw FlowTextError(word, "there is no field \"\(name)\"")
    }
    let rest = text[name.endIndex...]
    if rest.isEmpty || rest == "[]" {
      // Ports had 16 bits when these names were given.
      if field.field == .inPort, let port = shortPort { return port }
      return FieldRange(field.field)
    }
    guard rest.hasPrefix("["), rest.hasSuffix("]") else {
      throw FlowTextError(word, "expected \(name)[first..last], \(name)[bit] or \(name)[]")
    }
    let inner = rest.dropFirst().dropLast()
    let first: Int?
    let last: Int?
    if let dots = inner.firstRange(of: "..") {
      first = Int(inner[..<dots.lowerBound])
      last = Int(inner[dots.upperBound...])
    } else {
      first = Int(inner)
      last = first
    }
    guard let first, let last, last >= first,
      let range = FieldRange(field.field, start: first, count: last - first + 1)
    else {
      throw FlowTextError(word, "\(rest) are no bits of \(name), which has \(field.field.width)")
    }
    return range
  }

  private static let shortPort = FieldRange(.inPort, start: 0, count: 16)

  static func format(_ range: FieldRange) -> String {
    if range == shortPort { return "NXM_OF_IN_PORT[]" }
    let name = FieldName.of(range.field).extensibleName
    if range.isWhole { return "\(name)[]" }
    if range.count == 1 { return "\(name)[\(range.start)]" }
    return "\(name)[\(range.start)..\(Int(range.start) + Int(range.count) - 1)]"
  }
}
