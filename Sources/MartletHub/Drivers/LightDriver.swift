// Says `unsafe` where an object's bytes, an array, are read as text.

internal import MartletHTTP

/// A strip of light of one colour.
public struct LightDriver: DeviceDriver {
  /// Our own name: the first hub had no such driver.
  public static var names: [String] { ["DWN LED STRIP"] }
  /// A light.
  public static var kind: DeviceKind { .light }

  /// What it has said last.
  public private(set) var reading = DeviceReading.nothing

  /// Nothing is known.
  public init() {}

  /// Takes an object with the whole state.
  public mutating func take(_ message: DeviceMessage) -> Bool {
    guard case .object(let bytes) = message else { return false }
    var light = LightReading()
    do throws(JSONError) {
      try Self.read(bytes, into: &light)
    } catch {
      return false
    }
    reading = .light(light)
    return true
  }

  private static func read(
    _ bytes: [UInt8], into light: inout LightReading
  ) throws(JSONError) {
    var json = unsafe JSONReader(ByteText(bytes.span.bytes))
    while let event = try json.next() {
      guard case .key(let key) = event else { continue }
      if json.text(key, equals: "state"), case .string(let text)? = try json.next() {
        light.isOn = json.text(text, equals: "ON")
      } else if json.text(key, equals: "effect"), case .string(let text)? = try json.next() {
        light.effect = Self.effect(text, json)
      } else if json.text(key, equals: "brightness") {
        light.brightness = try Self.level(&json) ?? light.brightness
      } else if json.text(key, equals: "r") {
        light.red = try Self.level(&json) ?? light.red
      } else if json.text(key, equals: "g") {
        light.green = try Self.level(&json) ?? light.green
      } else if json.text(key, equals: "b") {
        light.blue = try Self.level(&json) ?? light.blue
      }
    }
  }

  private static func effect(
    _ text: JSONReader.Text, _ json: borrowing JSONReader
  ) -> String {
    if json.text(text, equals: "fade") { return "fade" }
    if json.text(text, equals: "breathe") { return "breathe" }
    return json.text(text, equals: "sunrise") ? "sunrise" : "none"
  }

  private static func level(_ json: inout JSONReader) throws(JSONError) -> Int? {
    guard case .number(let number)? = try json.next(), let value = number.integer else {
      return nil
    }
    return Int(min(max(value, 0), 255))
  }

  /// An object.
  public func bytes(for command: DeviceCommand, takesDuration: Bool) -> [UInt8]? {
    guard case .light(let change) = command else { return nil }
    var members: [String] = []
    if let isOn = change.isOn { members.append("\"state\":\"\(isOn ? "ON" : "OFF")\"") }
    if let brightness = change.brightness {
      members.append("\"brightness\":\(min(max(brightness, 1), 255))")
    }
    if let color = change.color, color.count == 3 {
      let parts = color.map { min(max($0, 0), 255) }
      members.append("\"color\":{\"r\":\(parts[0]),\"g\":\(parts[1]),\"b\":\(parts[2])}")
    }
    if let effect = change.effect, ["none", "fade", "breathe", "sunrise"].contains(effect) {
      members.append("\"effect\":\"\(effect)\"")
    }
    if let time = change.milliseconds {
      let time = min(max(time, 0), 60_000)
      let fraction = String(1000 + time % 1000).dropFirst()
      members.append("\"transition\":\(time / 1000).\(fraction)")
    }
    return Array("{\(members.joined(separator: ","))}".utf8)
  }
}
