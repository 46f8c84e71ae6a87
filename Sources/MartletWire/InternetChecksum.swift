/// The internet checksum (RFC 1071): the ones' complement of the ones' complement sum of a
/// sequence of bytes, taken as 16-bit words.
///
/// A sum is built piece by piece, in the order of the bytes; a piece may have an odd length. The
/// words are summed as the machine loads them and swapped once at the end, which section 2(B) of
/// the RFC shows to be the same.
///
/// ```swift
/// var checksum = InternetChecksum.pseudoHeader(
///   source: source, destination: destination, protocol: .udp, length: datagram.byteCount)
/// checksum.add(datagram)
/// let isIntact = checksum.isZero
/// ```
public struct InternetChecksum: Equatable, Sendable, BitwiseCopyable {
  /// The sum in the machine's byte order, not yet folded; a carry out of its top comes back in at
  /// the bottom, where it weighs the same.
  @usableFromInline var sum: UInt64
  /// Whether an odd number of bytes went in, so that the next one is the low half of a word.
  @usableFromInline var isOdd: Bool

  /// The sum of nothing.
  @inlinable
  public init() {
    sum = 0
    isOdd = false
  }

  /// Adds bytes behind those already summed.
  @inlinable
  public mutating func add(_ bytes: RawSpan) {
    append(Self.nativeSum(of: bytes), byteCount: bytes.byteCount)
  }

  /// Adds one 16-bit word, given in the host's order.
  @inlinable
  public mutating func add(_ word: UInt16) {
    append(UInt64(word.bigEndian), byteCount: 2)
  }

  /// Adds two 16-bit words, the high half first, given in the host's order.
  @inlinable
  public mutating func add(_ words: UInt32) {
    append(UInt64(words.bigEndian), byteCount: 4)
  }

  /// Adds what another sum has seen, as if its bytes followed here.
  @inlinable
  public mutating func add(_ other: InternetChecksum) {
    append(UInt64(other.folded), byteCount: other.isOdd ? 1 : 0)
  }

  /// Adds the pseudo-header that TCP and UDP put before themselves over IPv4 (RFC 9293, section
  /// 3.1): `length` is that of the transport header and its payload, at most 65,535 bytes.
  @inlinable
  public mutating func addPseudoHeader(
    source: IPv4Address, destination: IPv4Address, protocol payloadProtocol: IPProtocol,
    length: Int
  ) {
    add(source.rawValue)
    add(destination.rawValue)
    add(UInt32(payloadProtocol.rawValue) << 16 | UInt32(UInt16(truncatingIfNeeded: length)))
  }

  /// The sum of an IPv4 pseudo-header, to go on from.
  @inlinable
  public static func pseudoHeader(
    source: IPv4Address, destination: IPv4Address, protocol payloadProtocol: IPProtocol,
    length: Int
  ) -> InternetChecksum {
    var checksum = InternetChecksum()
    checksum.addPseudoHeader(
      source: source, destination: destination, protocol: payloadProtocol, length: length)
    return checksum
  }

  /// The checksum to store in the header, in the host's order.
  @inlinable public var value: UInt16 { ~UInt16(bigEndian: folded) }

  /// The sum itself, not complemented, in the host's order: what a card that finishes the
  /// checksum wants to find in its place, when only the pseudo-header was summed.
  @inlinable public var partialValue: UInt16 { UInt16(bigEndian: folded) }

  /// Whether bytes that contain their own checksum are intact.
  @inlinable public var isZero: Bool { folded == 0xFFFF }

  /// The checksum of `bytes`, in the host's order.
  @inlinable
  public static func of(_ bytes: RawSpan) -> UInt16 {
    var checksum = InternetChecksum()
    checksum.add(bytes)
    return checksum.value
  }

  /// Whether `bytes`, which contain their own checksum, are intact.
  @inlinable
  public static func verifies(_ bytes: RawSpan) -> Bool {
    var checksum = InternetChecksum()
    checksum.add(bytes)
    return checksum.isZero
  }

  /// The sum as 16 bits in the machine's order.
  @inlinable var folded: UInt16 {
    var sum = (sum & 0xFFFF_FFFF) &+ sum >> 32
    sum = (sum & 0xFFFF) &+ (sum >> 16 & 0xFFFF) &+ sum >> 32
    sum = (sum & 0xFFFF) &+ sum >> 16
    sum = (sum & 0xFFFF) &+ sum >> 16
    return UInt16(truncatingIfNeeded: sum)
  }

  /// Takes the native sum of a piece of `byteCount` bytes that starts at an even place.
  @inlinable
  mutating func append(_ piece: UInt64, byteCount: Int) {
    if isOdd {
      let folded = InternetChecksum(sum: piece, isOdd: false).folded
      sum = Self.sum(sum, UInt64(folded.byteSwapped))
    } else {
      sum = Self.sum(sum, piece)
    }
    isOdd = isOdd != (byteCount & 1 == 1)
  }

  @inlinable
  init(sum: UInt64, isOdd: Bool) {
    self.sum = sum
    self.isOdd = isOdd
  }
}
