/// Walks the extension headers between IPv6 and the transport, at most `maximumCount` of them.
///
/// When `next()` has returned `nil`, `nextHeader` says what follows and `remainder` holds it; or
/// `error` says why the walk could not go on.
public struct IPv6ExtensionIterator: ~Escapable {
  /// The headers that are walked. RFC 8200 knows six, one of them twice; who stacks more wants to
  /// keep parsers busy.
  @inlinable public static var maximumCount: Int { 10 }

  /// What has not been walked.
  public private(set) var remainder: RawSpan
  /// What `remainder` is.
  public private(set) var nextHeader: IPProtocol
  /// Why the walk ended early: `truncated`, or `badLength` with the headers walked when there are
  /// too many.
  public private(set) var error: WireError?
  private var count = 0
  private var isEnded = false

  /// Starts behind the IPv6 header, which says what is `first`.
  @_lifetime(copy bytes)
  public init(_ bytes: RawSpan, first: IPProtocol) {
    remainder = bytes
    nextHeader = first
  }

  /// The next extension header; `nil` at the transport, at encrypted bytes, behind the header of a
  /// fragment that is not the first, and at an error.
  @_lifetime(copy self)
  public mutating func next() -> IPv6Extension? {
    guard !isEnded, error == nil, Self.isExtension(nextHeader) else { return nil }
    guard count < Self.maximumCount else {
      error = .badLength(count)
      return nil
    }
    let available = remainder.byteCount
    guard available >= 8 else {
      error = .truncated(needed: 8, available: available)
      return nil
    }
    let length = Self.length(of: nextHeader, unit: remainder.load(at: 1))
    guard length <= available else {
      error = .truncated(needed: length, available: available)
      return nil
    }
    count &+= 1
    let header = IPv6Extension(
      kind: nextHeader, nextHeader: IPProtocol(rawValue: remainder.load(at: 0)),
      bytes: remainder.extracting(0..<length))
    remainder = remainder.extracting(length..<available)
    nextHeader = header.nextHeader
    // Behind another fragment's header lies the middle of something.
    isEnded = header.fragmentOffset > 0
    return header
  }

  /// Whether a header has a next one behind itself that can be read.
  private static func isExtension(_ kind: IPProtocol) -> Bool {
    switch kind {
    case .hopByHop, .routing, .fragment, .authentication, .destinationOptions: true
    // Mobility, Host Identity, Shim6: the shape that RFC 6564 fixes for all new ones.
    case IPProtocol(rawValue: 135), IPProtocol(rawValue: 139), IPProtocol(rawValue: 140): true
    default: false
    }
  }

  /// The bytes of a header whose length byte is `unit`.
  private static func length(of kind: IPProtocol, unit: UInt8) -> Int {
    switch kind {
    case .fragment: 8
    // RFC 4302, section 2.2: in words of 4 bytes, minus 2.
    case .authentication: max(4 &* (Int(unit) &+ 2), 8)
    default: 8 &* (Int(unit) &+ 1)
    }
  }
}
