/// One word of a flow: a key, and what follows behind `=`, `:` or within parentheses.
///
/// `ct(zone=1,nat)` has the key `ct` and the value `zone=1,nat`; `output:2` the key `output` and the value
/// `2`; `drop` an empty value.
struct FlowWord: Equatable {
  /// What stood between key and value.
  enum Joint: Equatable {
    case none
    case sign
    case parentheses
  }

  let key: Substring
  let value: Substring
  let joint: Joint

  /// The word as it was written, for an error.
  var text: String {
    switch joint {
    case .none: String(key)
    case .sign: "\(key)=\(value)"
    case .parentheses: "\(key)(\(value))"
    }
  }

  /// The words of a text, which commas and spaces part; parentheses within a value must balance.
  static func words(of text: Substring) throws(FlowTextError) -> [FlowWord] {
    var words: [FlowWord] = []
    var rest = text
    while true {
      rest = rest.drop { isSeparator($0) }
      if rest.isEmpty { return words }
      words.append(try takeWord(from: &rest))
      guard words.count <= maximumCount else {
        throw FlowTextError("", "more than \(maximumCount) words")
      }
    }
  }

  /// No flow of use has more words than that, and none may keep a parser busy.
  private static var maximumCount: Int { 4096 }

  private static func isSeparator(_ character: Character) -> Bool {
    character == "," || character.isWhitespace
  }

  private static func takeWord(from rest: inout Substring) throws(FlowTextError) -> FlowWord {
    let key = rest.prefix { !isSeparator($0) && $0 != "=" && $0 != ":" && $0 != "(" }
    rest = rest[key.endIndex...]
    switch rest.first {
    case "(":
      let value = try takeParentheses(from: &rest)
      return FlowWord(key: key, value: value, joint: .parentheses)
    case "=", ":":
      rest = rest.dropFirst()
      let start = rest.startIndex
      while let character = rest.first, !isSeparator(character) {
        if character == "(" {
          _ = try takeParentheses(from: &rest)
        } else if character == "\"" {
          try dropQuotation(from: &rest)
        } else {
          rest = rest.dropFirst()
        }
      }
      return FlowWord(key: key, value: rest.base[start..<rest.startIndex], joint: .sign)
    default:
      return FlowWord(key: key, value: "", joint: .none)
    }
  }

  /// Takes `(…)` and returns what is between.
  private static func takeParentheses(
    from rest: inout Substring
  ) throws(FlowTextError) -> Substring {
    let whole = rest
    var depth = 0
    while let character = rest.first {
      rest = rest.dropFirst()
      if character == "(" { depth += 1 }
      if character == ")" { depth -= 1 }
      if depth == 0 {
        return whole.base[
          whole.index(after: whole.startIndex)..<whole.base.index(before: rest.startIndex)]
      }
    }
    throw FlowTextError(String(whole.prefix(40)), "a closing parenthesis is missing")
  }

  private static func dropQuotation(from rest: inout Substring) throws(FlowTextError) {
    let whole = rest
    rest = rest.dropFirst().drop { $0 != "\"" }
    guard !rest.isEmpty else {
      throw FlowTextError(String(whole.prefix(40)), "a closing quotation mark is missing")
    }
    rest = rest.dropFirst()
  }
}
