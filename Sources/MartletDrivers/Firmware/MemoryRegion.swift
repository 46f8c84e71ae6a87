/// A run of physical addresses and what it may be used for, in the numbers of the E820 map that
/// PVH and multiboot2 share.
public struct MemoryRegion: Equatable, Sendable, BitwiseCopyable {
  /// Its first byte.
  public var start: UInt64
  /// Its length in bytes.
  public var byteCount: UInt64
  /// What it holds.
  public var kind: Kind

  /// Describes a region.
  public init(start: UInt64, byteCount: UInt64, kind: Kind) {
    self.start = start
    self.byteCount = byteCount
    self.kind = kind
  }

  /// The first address behind it; the end of the address space where the sum would pass it.
  public var end: UInt64 {
    let (sum, overflow) = start.addingReportingOverflow(byteCount)
    return overflow ? .max : sum
  }

  /// The E820 types; an unknown number survives and counts as reserved.
  public struct Kind: RawRepresentable, Equatable, Sendable, BitwiseCopyable {
    /// The type's number.
    public let rawValue: UInt32
    /// Takes the type's number.
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    /// Free to use.
    public static var usable: Self { Self(rawValue: 1) }
    /// Not to be touched.
    public static var reserved: Self { Self(rawValue: 2) }
    /// Holds ACPI tables; free once they are read.
    public static var acpiReclaimable: Self { Self(rawValue: 3) }
    /// ACPI's own storage.
    public static var acpiStorage: Self { Self(rawValue: 4) }
  }
}
