/// What a light does when power comes.
public enum PowerUpPolicy: Equatable, Sendable {
  /// It stays dark.
  case off
  /// It is as it was.
  case last
  /// It takes up this preset, 1 to 8.
  case preset(Int)

  var byte: UInt8 {
    switch self {
    case .off: 0
    case .last: 0xFF
    case .preset(let number): UInt8(truncatingIfNeeded: number)
    }
  }

  init?(_ byte: UInt8) {
    switch byte {
    case 0: self = .off
    case 1...8: self = .preset(Int(byte))
    case 0xFF: self = .last
    default: return nil
    }
  }
}
