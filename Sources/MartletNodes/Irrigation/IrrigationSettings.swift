public import MartletDevice

/// What may be set of an irrigation controller. Nothing here can raise its limits.
public struct IrrigationSettings: Equatable, Sendable {
  /// The pins of the valves, A to D; active low.
  public var pins: InlineArray<4, UInt8> = [12, 13, 14, 16]

  /// How long a valve may be open in any 24 hours; 4 hours unless less is wanted.
  public var dailyLimit = Self.longestDay

  /// How long a valve stays open after the hub was lost; `nil` leaves it its own time.
  public var timeWithoutHub: Interval?

  /// The usual settings.
  public init() {}

  /// The longest daily limit.
  public static var longestDay: Interval { .seconds(4 * 3600) }

  /// Whether all settings are the same.
  public static func == (a: Self, b: Self) -> Bool {
    for valve in 0..<4 where a.pins[valve] != b.pins[valve] { return false }
    return a.dailyLimit == b.dailyLimit && a.timeWithoutHub == b.timeWithoutHub
  }
}
