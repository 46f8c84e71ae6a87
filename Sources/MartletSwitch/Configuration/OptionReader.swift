internal import MartletHouse

/// Takes options by their names, and says at the end which nobody took.
struct OptionReader {
  private let type: String
  private var left: [(name: String, value: String)]
  private var known: [String] = []

  init(type: String, options: [(name: String, value: String)]) {
    self.type = type
    left = options
  }

  /// The option's text; `nil` when it is not there.
  mutating func text(_ name: String) throws(OptionError) -> String? {
    known.append(name)
    guard let index = left.firstIndex(where: { $0.name == name }) else { return nil }
    let value = left.remove(at: index).value
    guard !left.contains(where: { $0.name == name }) else {
      throw OptionError(option: name, problem: "stands here twice")
    }
    guard !value.isEmpty, value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
      throw OptionError(option: name, problem: "is empty, or holds control characters")
    }
    return value
  }

  mutating func boolean(_ name: String) throws(OptionError) -> Bool? {
    try value(name, like: "true or false") { Bool($0) }
  }

  mutating func number(_ name: String, _ range: ClosedRange<Int>) throws(OptionError) -> Int? {
    try value(name, like: "\(range.lowerBound) to \(range.upperBound)") { text in
      Int(text).flatMap { range.contains($0) ? $0 : nil }
    }
  }

  mutating func value<Value>(
    _ name: String, like example: String, _ parse: (String) -> Value?
  ) throws(OptionError) -> Value? {
    guard let text = try text(name) else { return nil }
    guard let value = parse(text) else {
      throw OptionError(option: name, problem: "'\(text)' is not right; expected \(example)")
    }
    return value
  }

  /// The parts of a list that has commas between them.
  mutating func list<Value>(
    _ name: String, like example: String, _ parse: (String) -> Value?
  ) throws(OptionError) -> [Value]? {
    guard let text = try text(name) else { return nil }
    var values: [Value] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let value = parse(String(part)) else {
        throw OptionError(
          option: name, problem: "'\(part)' is not right; expected \(example), with commas between")
      }
      values.append(value)
    }
    return values
  }

  /// Throws when an option is left.
  func end() throws(OptionError) {
    guard let stranger = left.first else { return }
    throw OptionError(
      option: stranger.name,
      problem: NearestName.unknown("option of type \(type)", stranger.name, known))
  }
}

extension UInt32 {
  /// Reads decimal digits, or hexadecimal ones after `0x`.
  init?(number text: String) {
    let isHexadecimal = text.hasPrefix("0x")
    let digits = isHexadecimal ? text.dropFirst(2) : text[...]
    guard digits.first?.isHexDigit == true else { return nil }
    self.init(digits, radix: isHexadecimal ? 16 : 10)
  }
}
