extension IPv4Prefix: CustomStringConvertible, LosslessStringConvertible {
  /// Reads `192.0.2.1/24`; `nil` without a length of 0 to 32.
  public init?<Bytes: Collection>(ascii: Bytes) where Bytes.Element == UInt8 {
    guard let slash = ascii.firstIndex(of: UInt8(ascii: "/")),
      let address = IPv4Address(ascii: ascii[..<slash])
    else { return nil }
    var length: UInt8 = 0
    let digits = ascii[ascii.index(after: slash)...]
    guard !digits.isEmpty, digits.count <= 2 else { return nil }
    for digit in digits {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
      length = length * 10 + (digit - UInt8(ascii: "0"))
    }
    guard length <= 32 else { return nil }
    self.init(address, length: length)
  }

  /// Reads `192.0.2.1/24`, as `init(ascii:)` does.
  public init?(_ description: String) {
    self.init(ascii: description.utf8)
  }

  /// The address, a slash and the length.
  public var description: String { "\(address)/\(length)" }
}
