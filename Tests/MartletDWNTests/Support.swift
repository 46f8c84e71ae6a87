import MartletDWN
import MartletHTTP

/// A small generator with a seed.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

extension OutputBuffer {
  /// What was appended.
  var array: [UInt8] { ByteText(bytes).array }

  /// What was appended, as text.
  var string: String { String(decoding: array, as: UTF8.self) }
}

extension ByteText {
  /// The bytes.
  var array: [UInt8] { (0..<count).map { self[$0] } }
}
