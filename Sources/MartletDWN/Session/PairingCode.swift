internal import MartletDigest
public import MartletHTTP

/// What a node shows when it is to be paired, and a person types at the hub: 16 letters and digits
/// in four groups, 80 bits.
///
/// It never crosses the network. Both ends derive the key from it, so who listens learns nothing,
/// and who does not see the node cannot pair with it.
public struct PairingCode: Equatable, Sendable {
  /// The letters and digits of a code, without hyphens.
  public static var symbolCount: Int { 16 }

  /// The bytes of entropy that a code has.
  public static var entropyCount: Int { 10 }

  /// Neither I, L, O nor U: what looks alike is taken for one.
  private static var alphabet: Literal { "0123456789ABCDEFGHJKMNPQRSTVWXYZ" }

  /// The letters and digits in ASCII, without hyphens.
  public let symbols: [UInt8]

  /// A code of 10 bytes that nobody can know; `nil` for another number.
  public init?(entropy: [UInt8]) {
    guard entropy.count == Self.entropyCount else { return nil }
    var symbols: [UInt8] = []
    var (bits, count): (UInt32, UInt32) = (0, 0)
    for byte in entropy {
      bits = bits << 8 | UInt32(byte)
      count += 8
      while count >= 5 {
        count -= 5
        symbols.append(Self.alphabet[Int(bits >> count & 31)])
      }
    }
    self.symbols = symbols
  }

  /// Reads what somebody typed: in either case, with hyphens and spaces or without, O for 0, and I
  /// or L for 1. `nil` for anything else.
  public init?(parsing text: ByteText) {
    var symbols: [UInt8] = []
    guard text.count <= 64 else { return nil }
    for index in 0..<text.count {
      var byte = text[index]
      if byte == 0x2D || byte == 0x20 { continue }
      if (0x61...0x7A).contains(byte) { byte -= 0x20 }
      switch byte {
      case UInt8(ascii: "O"): byte = UInt8(ascii: "0")
      case UInt8(ascii: "I"), UInt8(ascii: "L"): byte = UInt8(ascii: "1")
      default: break
      }
      guard Self.isSymbol(byte) else { return nil }
      symbols.append(byte)
    }
    guard symbols.count == Self.symbolCount else { return nil }
    self.symbols = symbols
  }

  private static func isSymbol(_ byte: UInt8) -> Bool {
    for index in 0..<alphabet.count where alphabet[index] == byte { return true }
    return false
  }

  /// Appends the code as it is shown: `XXXX-XXXX-XXXX-XXXX`.
  public func emit(into output: inout OutputBuffer) {
    for (index, symbol) in symbols.enumerated() {
      if index > 0, index % 4 == 0 { output.append(UInt8(ascii: "-")) }
      output.append(symbol)
    }
  }

  /// The key that the node of this id shares with a hub that was given the code:
  /// HMAC-SHA-256(symbols, `DWN1 pair` 00 length id).
  public func key(for node: ShortText) -> PairingKey {
    var output = OutputBuffer(capacity: 96)
    output.append("DWN1 pair")
    output.append(0)
    output.append(named: node)
    let digest = HMACKey(data: symbols).authenticationCode(for: output.bytes)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(PairingKey.byteCount)
    for index in 0..<PairingKey.byteCount { bytes.append(digest[index]) }
    return PairingKey(digest: bytes)
  }
}
