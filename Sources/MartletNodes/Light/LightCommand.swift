public import MartletDevice
public import MartletHTTP

/// What a light is told, as the JSON lights of Home Assistant are. What is absent stays as it is.
public struct LightCommand: Equatable, Sendable {
  /// `state`: whether to shine.
  public var isOn: Bool?
  /// `brightness`, 0 to 255; 0 is off.
  public var brightness: UInt8?
  /// `color`: an object of `r`, `g` and `b`, all three.
  public var color: LightColor?
  /// `transition`: the time to take, 0 to 60 seconds.
  public var transition: Interval?
  /// `effect`: what to do by oneself.
  public var effect: LightEffect?
  /// `preset`: the state to take up, 1 to 8.
  public var preset: Int?
  /// `save`: the preset to keep the resulting state in, 1 to 8.
  public var saved: Int?
  /// `power_up`: what to do when power comes.
  public var powerUp: PowerUpPolicy?
  /// `if_rev`: the revision without which the command is void.
  public var revision: UInt32?

  /// A command that changes nothing.
  public init() {}

  /// Reads an object. Keys that are not known are passed over.
  public init(parsing text: ByteText) throws(LightCommandError) {
    var reader = JSONReader(text)
    guard try Self.next(&reader) == .objectStart else { throw .badValue }
    while case .key(let key)? = try Self.next(&reader) { try take(key, &reader) }
    guard try Self.next(&reader) == nil else { throw .badValue }
  }

  private mutating func take(
    _ key: JSONReader.Text, _ reader: inout JSONReader
  ) throws(LightCommandError) {
    if reader.text(key, equals: "state") {
      isOn = try Self.state(&reader)
    } else if reader.text(key, equals: "brightness") {
      brightness = UInt8(truncatingIfNeeded: try Self.number(&reader, in: 0...255))
    } else if reader.text(key, equals: "color") {
      color = try Self.color(&reader)
    } else if reader.text(key, equals: "transition") {
      transition = try Self.transition(&reader)
    } else if reader.text(key, equals: "effect") {
      effect = try Self.effect(&reader)
    } else if reader.text(key, equals: "preset") {
      preset = Int(try Self.number(&reader, in: 1...8))
    } else if reader.text(key, equals: "save") {
      saved = Int(try Self.number(&reader, in: 1...8))
    } else if reader.text(key, equals: "power_up") {
      powerUp = try Self.powerUp(&reader)
    } else if reader.text(key, equals: "if_rev") {
      revision = UInt32(truncatingIfNeeded: try Self.number(&reader, in: 0...Int64(UInt32.max)))
    } else {
      do throws(JSONError) { try reader.skipValue() } catch { throw .notJSON(error) }
    }
  }

  // MARK: Values

  private static func next(
    _ reader: inout JSONReader
  ) throws(LightCommandError) -> JSONReader.Event? {
    do throws(JSONError) { return try reader.next() } catch { throw .notJSON(error) }
  }

  private static func number(
    _ reader: inout JSONReader, in range: ClosedRange<Int64>
  ) throws(LightCommandError) -> Int64 {
    guard case .number(let value)? = try next(&reader), let number = value.integer,
      range.contains(number)
    else { throw .badValue }
    return number
  }

  private static func state(_ reader: inout JSONReader) throws(LightCommandError) -> Bool {
    guard case .string(let text)? = try next(&reader) else { throw .badValue }
    if reader.text(text, equals: "ON") { return true }
    if reader.text(text, equals: "OFF") { return false }
    throw .badValue
  }

  private static func transition(
    _ reader: inout JSONReader
  ) throws(LightCommandError) -> Interval {
    guard case .number(let value)? = try next(&reader), let time = value.thousandths,
      (0...60_000).contains(time)
    else { throw .badValue }
    return .milliseconds(time)
  }

  private static func effect(_ reader: inout JSONReader) throws(LightCommandError) -> LightEffect {
    guard case .string(let text)? = try next(&reader) else { throw .badValue }
    for effect in LightEffect.allCases where reader.text(text, equals: effect.word) {
      return effect
    }
    throw .badValue
  }

  private static func powerUp(
    _ reader: inout JSONReader
  ) throws(LightCommandError) -> PowerUpPolicy {
    switch try next(&reader) {
    case .number(let value):
      guard let number = value.integer, (1...8).contains(number) else { throw .badValue }
      return .preset(Int(number))
    case .string(let text) where reader.text(text, equals: "off"): return .off
    case .string(let text) where reader.text(text, equals: "last"): return .last
    default: throw .badValue
    }
  }

  private static func color(_ reader: inout JSONReader) throws(LightCommandError) -> LightColor {
    guard try next(&reader) == .objectStart else { throw .badValue }
    var parts = InlineArray<3, UInt8?>(repeating: nil)
    while case .key(let key)? = try next(&reader) {
      let place: Int
      if reader.text(key, equals: "r") {
        place = 0
      } else if reader.text(key, equals: "g") {
        place = 1
      } else if reader.text(key, equals: "b") {
        place = 2
      } else {
        throw .badValue
      }
      parts[place] = UInt8(truncatingIfNeeded: try number(&reader, in: 0...255))
    }
    guard let red = parts[0], let green = parts[1], let blue = parts[2] else { throw .badValue }
    return LightColor(red: red, green: green, blue: blue)
  }
}
