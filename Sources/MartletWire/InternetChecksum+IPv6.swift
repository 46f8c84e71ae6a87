extension InternetChecksum {
  /// The sum of an IPv6 pseudo-header, to go on from (RFC 8200, section 8.1): `length` is that of
  /// the upper-layer header and its payload in bytes.
  @inlinable
  public static func pseudoHeader(
    source: IPv6Address, destination: IPv6Address, protocol payloadProtocol: IPProtocol,
    length: Int
  ) -> InternetChecksum {
    var checksum = InternetChecksum()
    checksum.add(source)
    checksum.add(destination)
    checksum.add(UInt32(truncatingIfNeeded: length))
    checksum.add(UInt32(payloadProtocol.rawValue))
    return checksum
  }

  /// Adds the sixteen bytes of an address.
  @inlinable
  public mutating func add(_ address: IPv6Address) {
    add(UInt32(truncatingIfNeeded: address.high >> 32))
    add(UInt32(truncatingIfNeeded: address.high))
    add(UInt32(truncatingIfNeeded: address.low >> 32))
    add(UInt32(truncatingIfNeeded: address.low))
  }
}

extension TCPView {
  /// Whether the checksum is right over IPv6.
  @inlinable
  public func isChecksumValid(source: IPv6Address, destination: IPv6Address) -> Bool {
    var sum = InternetChecksum.pseudoHeader(
      source: source, destination: destination, protocol: .tcp, length: bytes.byteCount)
    sum.add(bytes)
    return sum.isZero
  }
}

extension UDPView {
  /// Whether the checksum is right over IPv6, where there must be one (RFC 8200, section 8.1).
  @inlinable
  public func isChecksumValid(source: IPv6Address, destination: IPv6Address) -> Bool {
    guard checksum != 0 else { return false }
    var sum = InternetChecksum.pseudoHeader(
      source: source, destination: destination, protocol: .udp, length: bytes.byteCount)
    sum.add(bytes)
    return sum.isZero
  }
}
