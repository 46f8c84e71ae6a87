/// What a descriptor is ready for, or what is to be watched.
public struct DescriptorEvents: OptionSet, Sendable, BitwiseCopyable {
  /// The bits.
  public let rawValue: UInt8
  /// Takes the bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Something can be read, or the end has come.
  public static var readable: Self { Self(rawValue: 1) }
  /// Something can be written.
  public static var writable: Self { Self(rawValue: 2) }
  /// An error, or both directions have ended: the next call on the descriptor says which. Watched
  /// always.
  public static var ended: Self { Self(rawValue: 4) }
}
