/// A row's name for ever: 128 bits, written in the form of RFC 4122.
public struct DatabaseUUID: Hashable, Sendable {
  /// The first eight bytes, the first one highest.
  public let high: UInt64
  /// The last eight bytes.
  public let low: UInt64

  /// Takes the bits as they are.
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// All bits zero: no row's.
  public static let zero = DatabaseUUID(high: 0, low: 0)
}

extension DatabaseUUID: Comparable {
  /// The order of their texts.
  public static func < (left: Self, right: Self) -> Bool {
    (left.high, left.low) < (right.high, right.low)
  }
}

extension DatabaseUUID: LosslessStringConvertible {
  /// Reads 8-4-4-4-12 hexadecimal digits.
  public init?(_ text: String) {
    guard text.utf8.count == 36 else { return nil }
    var words = (high: UInt64(0), low: UInt64(0))
    var digits = 0
    for (index, byte) in text.utf8.enumerated() {
      switch index {
      case 8, 13, 18, 23:
        guard byte == UInt8(ascii: "-") else { return nil }
      default:
        let value: UInt8
        switch byte {
        case 0x30...0x39: value = byte - 0x30
        case 0x61...0x66: value = byte - 0x61 + 10
        case 0x41...0x46: value = byte - 0x41 + 10
        default: return nil
        }
        if digits < 16 {
          words.high = words.high << 4 | UInt64(value)
        } else {
          words.low = words.low << 4 | UInt64(value)
        }
        digits += 1
      }
    }
    (high, low) = words
  }

  /// 8-4-4-4-12 hexadecimal digits, small letters.
  public var description: String {
    String(ascii: 36) { index in
      switch index {
      case 8, 13, 18, 23: UInt8(ascii: "-")
      default:
        nibble(
          index - (index > 8 ? 1 : 0) - (index > 13 ? 1 : 0) - (index > 18 ? 1 : 0)
            - (index > 23 ? 1 : 0))
      }
    }
  }

  /// One of the 32 digits.
  private func nibble(_ index: Int) -> UInt8 {
    let word = index < 16 ? high : low
    let value = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * (index % 16))) & 15
    return value < 10 ? 0x30 + value : 0x61 + value - 10
  }
}

extension String {
  /// A short text, byte by byte.
  fileprivate init(ascii count: Int, _ byte: (Int) -> UInt8) {
    self.init(decoding: (0..<count).map(byte), as: UTF8.self)
  }
}
