/// What an irrigation controller can be told.
public enum ValveCommand: Equatable, Hashable, Sendable, BitwiseCopyable {
  /// Open this valve, 0 to 3, and close the others; for so many minutes, 1 to 30, if that is said.
  case open(Int, minutes: Int?)
  /// Close this valve if it is open.
  case close(Int)
  /// Close everything.
  case closeAll

  /// How many valves have a letter.
  public static var valveCount: Int { 4 }

  /// What two bytes mean: `` `0``, `a0`, `a1`, or `a` with 0x80 plus the minutes; `nil` for others.
  public init?(_ command: HubCommand) {
    guard command != HubCommand(0x60, 0x30) else {
      self = .closeAll
      return
    }
    guard (0x61...0x64).contains(command.subject) else { return nil }
    let valve = Int(command.subject - 0x61)
    switch command.action {
    case 0x30: self = .close(valve)
    case 0x31: self = .open(valve, minutes: nil)
    case 0x81...0x9E: self = .open(valve, minutes: Int(command.action - 0x80))
    default: return nil
    }
  }

  /// The command's two bytes; `nil` for a valve or a time that has none.
  public var bytes: HubCommand? {
    switch self {
    case .closeAll: return HubCommand(0x60, 0x30)
    case .close(let valve):
      guard let letter = Self.letter(valve) else { return nil }
      return HubCommand(letter, 0x30)
    case .open(let valve, let minutes):
      guard let letter = Self.letter(valve) else { return nil }
      guard let minutes else { return HubCommand(letter, 0x31) }
      guard (1...30).contains(minutes) else { return nil }
      return HubCommand(letter, 0x80 + UInt8(truncatingIfNeeded: minutes))
    }
  }

  private static func letter(_ valve: Int) -> UInt8? {
    guard (0..<valveCount).contains(valve) else { return nil }
    return 0x61 + UInt8(truncatingIfNeeded: valve)
  }
}
