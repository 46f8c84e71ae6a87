internal import MartletFlow

/// Values of fields as flows have them.
enum FieldValue {
  /// Reads a value, and its mask where there is one.
  static func parse(
    _ text: Substring, of field: FieldName, _ ports: PortNames, in word: String
  ) throws(FlowTextError) -> MaskedNumber {
    let width = field.field.width
    if text == "*" || text == "ANY" { return MaskedNumber(value: 0, mask: 0) }
    switch field.format {
    case .tcpFlags: return try FlagNames.tcp.parse(text, width: width, of: word)
    case .trackState: return try FlagNames.track.parse(text, width: width, of: word)
    case .fragment: return try fragment(text, of: word)
    case .port:
      return MaskedNumber(
        value: UInt128(try ports.number(of: text, in: word).rawValue), mask: MaskedNumber.ones(32))
    default: break
    }
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let value = try single(parts[0], of: field, in: word)
    guard parts.count == 2 else {
      return MaskedNumber(value: value, mask: MaskedNumber.ones(width))
    }
    let mask = try mask(parts[1], of: field, in: word)
    return MaskedNumber(value: value & mask, mask: mask)
  }

  /// Reads a value without a mask.
  static func single(
    _ text: Substring, of field: FieldName, in word: String
  ) throws(FlowTextError) -> UInt128 {
    switch field.format {
    case .mac: return try FlowNumber.mac(text, of: word)
    case .ipv4: return try FlowNumber.ipv4(text, of: word)
    case .ipv6:
      guard let address = IPv6Text.parse(text) else {
        throw FlowTextError(
          word, "\"\(text)\" is no IPv6 address; expected groups like 2001:db8::1")
      }
      return address
    default: return try FlowNumber.parse(text, width: field.field.width, of: word)
    }
  }

  private static func mask(
    _ text: Substring, of field: FieldName, in word: String
  ) throws(FlowTextError) -> UInt128 {
    let width = field.field.width
    if field.format == .ipv4 || field.format == .ipv6, let length = Int(text) {
      guard (0...width).contains(length) else {
        throw FlowTextError(word, "/\(length) is no prefix; expected 0 to \(width)")
      }
      return FlowNumber.prefixMask(length, width: width)
    }
    return try single(text, of: field, in: word)
  }

  private static func fragment(
    _ text: Substring, of word: String
  ) throws(FlowTextError) -> MaskedNumber {
    switch text.lowercased() {
    case "no": MaskedNumber(value: 0, mask: 3)
    case "yes": MaskedNumber(value: 1, mask: 1)
    case "first": MaskedNumber(value: 1, mask: 3)
    case "later": MaskedNumber(value: 3, mask: 3)
    case "not_later": MaskedNumber(value: 0, mask: 2)
    default:
      throw FlowTextError(word, "expected no, yes, first, later or not_later")
    }
  }

  /// A value and its mask as flows are printed.
  static func format(_ number: MaskedNumber, of field: FieldName, _ ports: PortNames) -> String {
    let width = field.field.width
    let isWhole = number.mask == MaskedNumber.ones(width)
    switch field.format {
    case .tcpFlags: return FlagNames.tcp.format(number, width: width)
    case .trackState: return FlagNames.track.format(number, width: width)
    case .fragment: return fragment(number)
    case .port: return ports.name(of: PortNumber(UInt32(truncatingIfNeeded: number.value)))
    case .mac:
      let text = FlowNumber.mac(number.value)
      return isWhole ? text : "\(text)/\(FlowNumber.mac(number.mask))"
    case .ipv4, .ipv6:
      let write = field.format == .ipv4 ? FlowNumber.ipv4 : IPv6Text.format
      if isWhole { return write(number.value) }
      let length = FlowNumber.prefixLength(of: number.mask, width: width)
      return "\(write(number.value))/\(length.map { String($0) } ?? write(number.mask))"
    case .decimal where isWhole: return String(number.value)
    case .decimal, .hexadecimal:
      let text = FlowNumber.hex(number.value)
      return isWhole ? text : "\(text)/\(FlowNumber.hex(number.mask))"
    }
  }

  private static func fragment(_ number: MaskedNumber) -> String {
    switch (number.value, number.mask) {
    case (0, 3): "no"
    case (1, 1): "yes"
    case (1, 3): "first"
    case (3, 3): "later"
    case (0, 2): "not_later"
    default: "\(FlowNumber.hex(number.value))/\(FlowNumber.hex(number.mask))"
    }
  }
}
