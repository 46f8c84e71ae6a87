/// The internet checksum (RFC 1071) of bytes that may come in pieces.
///
/// Words are added in the machine's own byte order, because the sum of swapped words is the swapped
/// sum; `value` swaps once.
public struct InternetChecksum: Sendable, BitwiseCopyable {
  /// The sum so far, in native order, not folded.
  @usableFromInline var sum: UInt64 = 0
  /// Whether an odd number of bytes was added: the next byte is the low half of a word.
  @usableFromInline var isOdd = false

  /// A sum over nothing.
  @inlinable public init() {}

  /// Adds one 16-bit word, as it is written in the packet.
  @inlinable public mutating func add(_ word: UInt16) { accumulate(UInt64(word.bigEndian)) }

  /// Adds a 32-bit word, as it is written in the packet.
  @inlinable public mutating func add(_ word: UInt32) { accumulate(UInt64(word.bigEndian)) }

  /// Adds the bytes, which may be odd in number and followed by more.
  @inlinable
  public mutating func add(_ bytes: RawSpan) {
    accumulate(Self.nativeSum(of: bytes))
    if bytes.byteCount & 1 != 0 { isOdd.toggle() }
  }

  /// Copies `source` to `offset` of `target` and adds its bytes, in one pass.
  @inlinable
  public mutating func copy(
    _ source: RawSpan, into target: inout MutableRawSpan, at offset: Int
  ) {
    accumulate(Self.nativeSum(copying: source, into: &target, at: offset))
    if source.byteCount & 1 != 0 { isOdd.toggle() }
  }

  /// Adds the pseudo-header of a transport protocol over IPv4 (RFC 793, RFC 768).
  ///
  /// `length` is that of the transport header and its payload.
  @inlinable
  public mutating func addPseudoHeader(
    source: IPv4Address, destination: IPv4Address, protocol number: IPProtocol, length: Int
  ) {
    add(source.rawValue)
    add(destination.rawValue)
    add(UInt16(number.rawValue))
    add(UInt32(truncatingIfNeeded: length))
  }

  /// The checksum to store: the complement of the folded sum. Zero over bytes that hold their own
  /// right checksum.
  @inlinable public var value: UInt16 { ~UInt16(bigEndian: Self.fold(sum)) }

  /// The checksum of bytes in one piece.
  @inlinable
  public static func of(_ bytes: RawSpan) -> UInt16 {
    var checksum = Self()
    checksum.add(bytes)
    return checksum.value
  }

  /// The checksum after one 16-bit word under it has changed (RFC 1624, equation 3).
  @inlinable
  public static func updated(
    _ checksum: UInt16, replacing old: UInt16, with new: UInt16
  ) -> UInt16 {
    let sum = UInt64(~checksum) + UInt64(~old) + UInt64(new)
    return ~fold(sum)
  }

  /// The checksum after one 32-bit word under it has changed.
  @inlinable
  public static func updated(
    _ checksum: UInt16, replacing old: UInt32, with new: UInt32
  ) -> UInt16 {
    let high = updated(
      checksum, replacing: UInt16(truncatingIfNeeded: old >> 16),
      with: UInt16(truncatingIfNeeded: new >> 16))
    return updated(
      high, replacing: UInt16(truncatingIfNeeded: old), with: UInt16(truncatingIfNeeded: new))
  }

  /// Adds a native sum at the current parity: an odd beginning swaps every byte's half.
  @inlinable
  mutating func accumulate(_ native: UInt64) {
    guard isOdd else {
      let (result, overflow) = sum.addingReportingOverflow(native)
      sum = result &+ (overflow ? 1 : 0)
      return
    }
    let (result, overflow) = sum.addingReportingOverflow(UInt64(Self.fold(native).byteSwapped))
    sum = result &+ (overflow ? 1 : 0)
  }

  /// Folds a sum to 16 bits, carries added back.
  @inlinable
  static func fold(_ sum: UInt64) -> UInt16 {
    var folded = (sum & 0xFFFF_FFFF) &+ (sum >> 32)
    folded = (folded & 0xFFFF) &+ (folded >> 16)
    folded = (folded & 0xFFFF) &+ (folded >> 16)
    folded = (folded & 0xFFFF) &+ (folded >> 16)
    return UInt16(truncatingIfNeeded: folded)
  }
}
