internal import CMartletDigest

/// A way to compute SHA-256's compression function: one for each set of instructions.
@_spi(Testing) public enum SHA256Path: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  /// Swift, for every processor.
  case portable
  /// x86-64 with SSSE3: the message schedule in 128-bit registers.
  case ssse3
  /// The same with AVX's three operands.
  case avx
  /// x86-64 with AVX2 and BMI2: two blocks of one message, or eight messages.
  case avx2
  /// x86-64 with the SHA extensions: one, two or four messages.
  case shaNI
  /// The SHA-256 instructions of ARMv8.
  case armv8

  /// Whether this processor and its operating system allow the path.
  public var isAvailable: Bool {
    let sets = martlet_sha256_sets()
    return switch self {
    case .portable: true
    case .ssse3: sets & MARTLET_SHA256_SSSE3 != 0
    case .avx: sets & MARTLET_SHA256_AVX != 0
    case .avx2: sets & MARTLET_SHA256_AVX2 != 0
    case .shaNI: sets & MARTLET_SHA256_SHA_NI != 0
    case .armv8: sets & MARTLET_SHA256_ARMV8 != 0
    }
  }

  /// The fastest path of this processor.
  public static var best: SHA256Path {
    #if hasFeature(Embedded)
      // Nobody may have saved the registers that the other paths use.
      guard VectorBracket.isInstalled else { return .portable }
    #endif
    let sets = martlet_sha256_sets()
    if sets & MARTLET_SHA256_SHA_NI != 0 { return .shaNI }
    if sets & MARTLET_SHA256_AVX2 != 0 { return .avx2 }
    if sets & MARTLET_SHA256_AVX != 0 { return .avx }
    if sets & MARTLET_SHA256_SSSE3 != 0 { return .ssse3 }
    if sets & MARTLET_SHA256_ARMV8 != 0 { return .armv8 }
    return .portable
  }

  /// How many messages the path takes at once.
  public var laneCount: Int {
    switch self {
    case .shaNI: 4
    case .avx2: 8
    default: 1
    }
  }

  /// The name for people.
  public var name: String {
    switch self {
    case .portable: "Swift"
    case .ssse3: "SSSE3"
    case .avx: "AVX"
    case .avx2: "AVX2"
    case .shaNI: "SHA-NI"
    case .armv8: "ARMv8"
    }
  }
}
