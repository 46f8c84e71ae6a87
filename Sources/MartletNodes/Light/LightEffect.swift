public import MartletHTTP

/// What a light does by itself.
public enum LightEffect: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  /// Nothing.
  case none
  /// It goes round the colours in half a minute.
  case fade
  /// It swells and fades in six seconds.
  case breathe
  /// It goes from dark by deep red to its colour, in twenty minutes, and stays.
  case sunrise

  /// The word for it in commands and states.
  public var word: Literal {
    switch self {
    case .none: "none"
    case .fade: "fade"
    case .breathe: "breathe"
    case .sunrise: "sunrise"
    }
  }

  /// The time of one round, in microseconds.
  static func period(_ effect: Self) -> Int64 {
    switch effect {
    case .none: 1
    case .fade: 30_000_000
    case .breathe: 6_000_000
    case .sunrise: 1_200_000_000
    }
  }

  /// What the eye is to see so many microseconds after the start, of a light with these levels.
  func levels(_ full: LightLevels, color: LightColor, brightness: UInt8, after time: Int64)
    -> LightLevels
  {
    let period = Self.period(self)
    switch self {
    case .none: return full
    case .fade:
      return LightLevels(
        Self.hue(Int(time % period * 1530 / period)), brightness: brightness)
    case .breathe:
      let wave = Self.swell(time % period, of: period)
      // It never goes out: a quarter of what is seen stays.
      return full.mapped {
        UInt16(truncatingIfNeeded: (UInt32($0) * (16_384 + wave * 3 / 4)) >> 16)
      }
    case .sunrise:
      guard time < period else { return full }
      let dawn = LightLevels(
        LightColor(red: 255, green: 40, blue: 0), brightness: brightness / 4)
      let third = period / 3
      return time < third
        ? LightLevels.black.moved(to: dawn, time, of: third)
        : dawn.moved(to: full, time - third, of: period - third)
    }
  }

  /// Whether it has come to rest after so many microseconds.
  func isAtRest(after time: Int64) -> Bool {
    switch self {
    case .none: true
    case .sunrise: time >= Self.period(self)
    case .fade, .breathe: false
    }
  }

  /// The pure colour at a place, 0 to 1529, on the way red, yellow, green, cyan, blue, magenta.
  private static func hue(_ place: Int) -> LightColor {
    let up = UInt8(truncatingIfNeeded: place % 255)
    let down = 255 - up
    switch place / 255 {
    case 0: return LightColor(red: 255, green: up, blue: 0)
    case 1: return LightColor(red: down, green: 255, blue: 0)
    case 2: return LightColor(red: 0, green: 255, blue: up)
    case 3: return LightColor(red: 0, green: down, blue: 255)
    case 4: return LightColor(red: up, green: 0, blue: 255)
    default: return LightColor(red: 255, green: 0, blue: down)
    }
  }

  /// A wave from 0 to 65,535 and back that is gentle at its ends: 3x² - 2x³.
  private static func swell(_ time: Int64, of period: Int64) -> UInt32 {
    let half = period / 2
    let way = time < half ? time : period - time
    let x = way * 65_536 / half
    let square = (x * x) >> 16
    return UInt32(clamping: min(65_535, 3 * square - 2 * ((square * x) >> 16)))
  }
}
