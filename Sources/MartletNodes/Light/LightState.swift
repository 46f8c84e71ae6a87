public import MartletHTTP

/// What a light shows, or is on its way to.
public struct LightState: Equatable, Sendable, BitwiseCopyable {
  /// Whether it shines.
  public var isOn = false
  /// How bright, 1 to 255.
  public var brightness: UInt8 = 255
  /// In which colour.
  public var color = LightColor.white
  /// What it does by itself.
  public var effect = LightEffect.none

  /// A light that is off and will be white.
  public init() {}

  /// The levels it rests at.
  var levels: LightLevels { isOn ? LightLevels(color, brightness: brightness) : .black }

  /// Appends the state as an object, with the number of changes so far.
  public func emit(revision: UInt32, into output: inout OutputBuffer) {
    var json = JSONWriter()
    json.beginObject(in: &output)
    json.key("state", in: &output)
    json.string(isOn ? "ON" : "OFF", in: &output)
    json.key("brightness", in: &output)
    json.number(Int64(brightness), in: &output)
    json.key("color_mode", in: &output)
    json.string("rgb", in: &output)
    json.key("color", in: &output)
    json.beginObject(in: &output)
    json.key("r", in: &output)
    json.number(Int64(color.red), in: &output)
    json.key("g", in: &output)
    json.number(Int64(color.green), in: &output)
    json.key("b", in: &output)
    json.number(Int64(color.blue), in: &output)
    json.endObject(in: &output)
    json.key("effect", in: &output)
    json.string(effect.word, in: &output)
    json.key("rev", in: &output)
    json.number(Int64(revision), in: &output)
    json.endObject(in: &output)
  }

  static var byteCount: Int { 6 }

  /// The state as storage has it.
  var record: [UInt8] {
    [isOn ? 1 : 0, brightness, color.red, color.green, color.blue, effect.rawValue]
  }

  init?(_ record: ArraySlice<UInt8>) {
    let bytes = Array(record)
    guard bytes.count == Self.byteCount, bytes[0] <= 1, bytes[1] > 0,
      let effect = LightEffect(rawValue: bytes[5])
    else { return nil }
    isOn = bytes[0] == 1
    brightness = bytes[1]
    color = LightColor(red: bytes[2], green: bytes[3], blue: bytes[4])
    self.effect = effect
  }
}
