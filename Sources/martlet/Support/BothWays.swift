import ArgumentParser
import MartletDevice

/// One of a link's two directions.
enum Way {
  case forth, back
}

/// A value for each direction of a link, as an argument: one for both, or two with a comma.
struct BothWays<Value: ExpressibleByArgument & Sendable>: ExpressibleByArgument {
  private let forth: Value
  private let back: Value

  /// The same both ways.
  init(_ value: Value) {
    forth = value
    back = value
  }

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count <= 2, let first = parts.first, let last = parts.last,
      let forth = Value(argument: String(first)), let back = Value(argument: String(last))
    else { return nil }
    self.forth = forth
    self.back = back
  }

  subscript(way: Way) -> Value { way == .forth ? forth : back }

  var defaultValueDescription: String { forth.defaultValueDescription }
}

/// A share of a hundred, kept in millionths: `5`, `0.01`, `5%`.
struct Percentage: ExpressibleByArgument {
  let perMillion: UInt32

  init(perMillion: UInt32) { self.perMillion = perMillion }

  init?(argument: String) {
    let number = argument.hasSuffix("%") ? argument.dropLast() : argument[...]
    guard let value = Decimal.parse(number, places: 4), value <= 1_000_000 else { return nil }
    perMillion = UInt32(value)
  }

  var defaultValueDescription: String { perMillion == 0 ? "0" : "\(perMillion) per million" }
}

/// A time of up to an hour in milliseconds: `20`, `0.5`, `20ms`.
struct Milliseconds: ExpressibleByArgument {
  let interval: Interval

  init(interval: Interval) { self.interval = interval }

  init?(argument: String) {
    let number = argument.hasSuffix("ms") ? argument.dropLast(2) : argument[...]
    guard let value = Decimal.parse(number, places: 3), value <= 3_600_000_000 else { return nil }
    interval = .microseconds(Int64(value))
  }

  var defaultValueDescription: String { "\(interval.microseconds / 1000)" }
}

/// A number with a thousand, a million or a thousand million as its unit: `64k`, `10M`, `1.5G`.
struct Quantity: ExpressibleByArgument {
  let value: Int

  init(value: Int) { self.value = value }

  init?(argument: String) {
    let places =
      switch argument.last {
      case "k", "K": 3
      case "M", "m": 6
      case "G", "g": 9
      default: 0
      }
    let number = places == 0 ? argument[...] : argument.dropLast()
    guard let value = Decimal.parse(number, places: places), value <= 1_000_000_000_000 else {
      return nil
    }
    self.value = value
  }

  var defaultValueDescription: String { "\(value)" }
}

/// Decimal fractions as whole numbers, without the rounding of binary ones.
enum Decimal {
  /// Reads `12.5` as 12,500 with 3 `places`; `nil` for anything else than digits with at most one
  /// point among them, no more than `places` of them behind it.
  static func parse(_ text: Substring, places: Int) -> Int? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, let whole = parts.first, !whole.isEmpty, whole.count <= 12 else {
      return nil
    }
    let fraction = parts.count == 2 ? parts[1] : "0"
    guard !fraction.isEmpty, parts.count == 1 || fraction.count <= places else { return nil }
    let digits = parts.count == 1 ? "" : String(fraction)
    let padded = String(whole) + digits + String(repeating: "0", count: places - digits.count)
    guard padded.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
      return nil
    }
    return Int(padded)
  }
}
