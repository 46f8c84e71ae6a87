/// The number of a bridge's port, in OpenFlow 1.3's 32 bits (7.2.1), its reserved numbers included.
public struct PortNumber: RawRepresentable, Hashable, Comparable, Sendable, BitwiseCopyable {
  /// The number.
  public let rawValue: UInt32

  /// Makes one of its number.
  @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
  /// Makes one of its number.
  @inlinable public init(_ number: UInt32) { rawValue = number }

  /// No port: a frame that the switch itself made.
  @inlinable public static var none: Self { Self(0) }
  /// The largest number that a port may have.
  @inlinable public static var maximum: Self { Self(0xffff_ff00) }
  /// Back to where the frame came from.
  @inlinable public static var inPort: Self { Self(0xffff_fff8) }
  /// Through the tables, from a packet-out only.
  @inlinable public static var table: Self { Self(0xffff_fff9) }
  /// As a learning switch does.
  @inlinable public static var normal: Self { Self(0xffff_fffa) }
  /// All ports but those that do not flood, and the one it came from.
  @inlinable public static var flood: Self { Self(0xffff_fffb) }
  /// All ports but the one it came from.
  @inlinable public static var all: Self { Self(0xffff_fffc) }
  /// To the controllers.
  @inlinable public static var controller: Self { Self(0xffff_fffd) }
  /// The bridge's own port.
  @inlinable public static var local: Self { Self(0xffff_fffe) }
  /// Any port, in filters.
  @inlinable public static var any: Self { Self(0xffff_ffff) }

  /// The port that bits of a field say: in 16 bits the reserved numbers are those of OpenFlow 1.0.
  init(bits: UInt128, count: UInt8) {
    let number = UInt32(truncatingIfNeeded: bits)
    self.init(count <= 16 && number >= 0xfff8 ? number | 0xffff_0000 : number)
  }

  /// Whether a port of a bridge may have this number, its own included.
  @inlinable public var isPort: Bool { (1...0xffff_ff00).contains(rawValue) || self == .local }

  /// Whether one number is lower.
  @inlinable public static func < (first: Self, second: Self) -> Bool {
    first.rawValue < second.rawValue
  }
}
