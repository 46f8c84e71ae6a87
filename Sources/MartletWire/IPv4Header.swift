/// The header of an IPv4 packet, to compare, to build and to write.
public struct IPv4Header: Equatable, Sendable, BitwiseCopyable {
  /// The bytes of a header without options.
  @inlinable public static var minimumLength: Int { 20 }

  /// DSCP and ECN.
  public var typeOfService: UInt8 = 0
  /// Which datagram a fragment belongs to.
  public var identification: UInt16 = 0
  /// DF.
  public var dontFragment = false
  /// MF.
  public var moreFragments = false
  /// Where a fragment's payload lies in the datagram's: bytes, a multiple of 8 up to 65,528.
  public var fragmentOffset = 0
  /// The hops allowed.
  public var timeToLive: UInt8 = 64
  /// What it carries.
  public var payloadProtocol: IPProtocol
  /// Who sends it.
  public var source: IPv4Address
  /// Whom it is for.
  public var destination: IPv4Address
  /// The options.
  public var options = IPv4Options()

  /// A header for a whole packet, TTL 64.
  @inlinable
  public init(source: IPv4Address, destination: IPv4Address, payloadProtocol: IPProtocol) {
    self.source = source
    self.destination = destination
    self.payloadProtocol = payloadProtocol
  }

  /// The header of a packet seen in place.
  @inlinable
  public init(_ view: borrowing IPv4View) {
    self.init(
      source: view.source, destination: view.destination, payloadProtocol: view.payloadProtocol)
    typeOfService = view.typeOfService
    identification = view.identification
    dontFragment = view.dontFragment
    moreFragments = view.moreFragments
    fragmentOffset = view.fragmentOffset
    timeToLive = view.timeToLive
    // A header has no room for more than 40 bytes, so that nothing is lost here.
    options = (try? IPv4Options(view.options)) ?? IPv4Options()
  }

  /// The bytes that `emit` writes: 20 to 60.
  @inlinable public var length: Int { 20 &+ options.length }

  /// Whether the options are router alert (RFC 2113), as IGMP has it; setting it replaces them.
  @inlinable public var hasRouterAlert: Bool {
    get { options == .routerAlert }
    set { options = newValue ? .routerAlert : IPv4Options() }
  }

  /// The ECN bits of the type of service.
  @inlinable public var congestion: ExplicitCongestion {
    get { ExplicitCongestion(typeOfService: typeOfService) }
    set { typeOfService = typeOfService & 0xFC | newValue.rawValue }
  }

  /// Writes the header with its checksum to the start of `bytes`.
  ///
  /// Throws `truncated` when it does not fit, `badLength` when header and payload are more than
  /// 65,535 bytes, `badField` when the fragment offset is not a multiple of 8 up to 65,528.
  @_lifetime(bytes: copy bytes)
  @inlinable
  public func emit(into bytes: inout MutableRawSpan, payloadLength: Int) throws(WireError) {
    guard bytes.byteCount >= length else {
      throw .truncated(needed: length, available: bytes.byteCount)
    }
    guard payloadLength >= 0, payloadLength <= 65_535 - length else {
      throw .badLength(payloadLength)
    }
    guard fragmentOffset >= 0, fragmentOffset <= 65_528, fragmentOffset & 7 == 0 else {
      throw .badField
    }
    let fragment =
      UInt16(truncatingIfNeeded: fragmentOffset / 8) | (dontFragment ? 0x4000 : 0)
      | (moreFragments ? 0x2000 : 0)
    bytes.store(
      0x4000 | UInt16(truncatingIfNeeded: length / 4) << 8 | UInt16(typeOfService), at: 0)
    bytes.store(UInt16(truncatingIfNeeded: length + payloadLength), at: 2)
    bytes.store(identification, at: 4)
    bytes.store(fragment, at: 6)
    bytes.store(UInt16(timeToLive) << 8 | UInt16(payloadProtocol.rawValue), at: 8)
    bytes.store(UInt16(0), at: 10)
    bytes.store(source, at: 12)
    bytes.store(destination, at: 16)
    options.store(into: &bytes, at: 20)
    bytes.store(InternetChecksum.of(bytes.bytes.extracting(0..<length)), at: 10)
  }
}
