internal import MartletWire

/// An ICMP error that this stack sends (RFC 792; RFC 1812, section 5.2.7).
struct ICMPError: Equatable, BitwiseCopyable {
  let type: UInt8
  let code: UInt8
  /// The second word: the next link's MTU where one is needed, otherwise 0.
  var detail: UInt32 = 0

  static var networkUnreachable: Self { Self(type: 3, code: 0) }
  static var hostUnreachable: Self { Self(type: 3, code: 1) }
  static var protocolUnreachable: Self { Self(type: 3, code: 2) }
  static var portUnreachable: Self { Self(type: 3, code: 3) }
  static var prohibited: Self { Self(type: 3, code: 13) }
  static var timeExceededInTransit: Self { Self(type: 11, code: 0) }
  static var reassemblyTimeExceeded: Self { Self(type: 11, code: 1) }

  /// The packet forbids fragments, and the next link takes `mtu` bytes (RFC 1191, section 4).
  static func fragmentationNeeded(mtu: Int) -> Self {
    Self(type: 3, code: 4, detail: UInt32(truncatingIfNeeded: min(mtu, 65_535)))
  }
}
