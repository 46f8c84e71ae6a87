internal import MartletWire

/// Whom an IP packet is from and for, whichever the family.
enum AddressPair {
  case ipv4(IPv4Address, IPv4Address)
  case ipv6(IPv6Address, IPv6Address)

  var source: String {
    switch self {
    case .ipv4(let source, _): source.description
    case .ipv6(let source, _): source.description
    }
  }

  var destination: String {
    switch self {
    case .ipv4(_, let destination): destination.description
    case .ipv6(_, let destination): destination.description
    }
  }

  /// Whether a UDP checksum may be left out.
  var isIPv4: Bool {
    if case .ipv4 = self { true } else { false }
  }

  /// The sum of the pseudo-header of a transport's `length` bytes.
  func pseudoHeader(_ kind: IPProtocol, length: Int) -> InternetChecksum {
    switch self {
    case .ipv4(let source, let destination):
      .pseudoHeader(source: source, destination: destination, protocol: kind, length: length)
    case .ipv6(let source, let destination):
      .pseudoHeader(source: source, destination: destination, protocol: kind, length: length)
    }
  }

  /// Whether a transport that holds its own checksum is intact.
  func verifies(_ bytes: RawSpan, _ kind: IPProtocol) -> Bool {
    var sum = pseudoHeader(kind, length: bytes.byteCount)
    sum.add(bytes)
    return sum.isZero
  }
}
