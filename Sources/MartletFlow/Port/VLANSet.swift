/// A set of VLAN identifiers, 0 to 4095: a bit each.
public struct VLANSet: Equatable, Sendable {
  private var words = InlineArray<64, UInt64>(repeating: 0)

  /// All, or none.
  public init(all: Bool) {
    if all { words = InlineArray(repeating: .max) }
  }

  /// Whether an identifier is in it.
  public func contains(_ vlan: UInt16) -> Bool {
    words[Int(vlan & 4095) / 64] >> UInt64(vlan & 63) & 1 != 0
  }

  /// Puts an identifier in.
  public mutating func insert(_ vlan: UInt16) {
    words[Int(vlan & 4095) / 64] |= 1 << UInt64(vlan & 63)
  }

  /// Whether both hold the same identifiers.
  public static func == (first: Self, second: Self) -> Bool {
    for index in 0..<64 where first.words[index] != second.words[index] { return false }
    return true
  }
}
