/// Fields that are sets of bits with names: `+syn-ack`.
struct FlagNames {
  /// The names of the bits, the least first; empty where a bit has none.
  let names: [String]

  /// The flags of TCP (RFC 9293, 3.1, and RFC 3168).
  static let tcp = FlagNames(names: ["fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr", "ns"])
  /// The states of connection tracking.
  static let track = FlagNames(names: ["new", "est", "rel", "rpl", "inv", "trk", "snat", "dnat"])

  /// Reads `+new-est` or numbers with a mask.
  func parse(_ text: Substring, width: Int, of word: String) throws(FlowTextError) -> MaskedNumber {
    guard let first = text.first, first == "+" || first == "-" else {
      let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
      let value = try FlowNumber.parse(parts[0], width: width, of: word)
      let mask =
        parts.count < 2
        ? MaskedNumber.ones(width) : try FlowNumber.parse(parts[1], width: width, of: word)
      return MaskedNumber(value: value & mask, mask: mask)
    }
    var number = MaskedNumber(value: 0, mask: 0)
    var rest = text
    while let sign = rest.first {
      rest = rest.dropFirst()
      let name = rest.prefix { $0 != "+" && $0 != "-" }
      rest = rest[name.endIndex...]
      guard sign == "+" || sign == "-", let bit = names.firstIndex(of: name.lowercased()) else {
        let known = names.joined(separator: ", ")
        throw FlowTextError(
          word, "\"\(sign)\(name)\" is no flag; expected + or - and one of \(known)")
      }
      guard number.mask >> UInt128(bit) & 1 == 0 else {
        throw FlowTextError(word, "\(name) stands there twice")
      }
      number.mask |= 1 << UInt128(bit)
      if sign == "+" { number.value |= 1 << UInt128(bit) }
    }
    return number
  }

  /// `-fin+syn`; numbers where a bit without a name counts.
  func format(_ number: MaskedNumber, width: Int) -> String {
    let known = MaskedNumber.ones(names.count)
    guard number.mask & ~known == 0 else {
      return "\(FlowNumber.hex(number.value))/\(FlowNumber.hex(number.mask))"
    }
    var text = ""
    for (bit, name) in names.enumerated() where number.mask >> UInt128(bit) & 1 != 0 {
      text += (number.value >> UInt128(bit) & 1 != 0 ? "+" : "-") + name
    }
    return text
  }
}
