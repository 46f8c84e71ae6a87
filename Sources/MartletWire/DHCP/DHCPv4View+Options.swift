// The options a client and a small server need, typed. One of the wrong length counts as absent.

extension DHCPv4View {
  /// What the message says; `nil` in one that is no DHCP message.
  public var messageType: DHCPv4MessageType? {
    guard let data = option(.messageType), data.byteCount == 1 else { return nil }
    return DHCPv4MessageType(rawValue: data.load(at: 0))
  }
  /// The address that the client asks for.
  public var requestedAddress: IPv4Address? { address(.requestedAddress) }
  /// The server that offers, or that the client chose.
  public var serverIdentifier: IPv4Address? { address(.serverIdentifier) }
  /// The subnet's mask, as an address.
  public var subnetMask: IPv4Address? { address(.subnetMask) }
  /// The length of the subnet's prefix; `nil` also when the mask has holes.
  public var prefixLength: UInt8? {
    guard let mask = subnetMask?.rawValue else { return nil }
    let length = (~mask).leadingZeroBitCount
    return mask == IPv4Prefix(.unspecified, length: UInt8(truncatingIfNeeded: length)).mask
      ? UInt8(truncatingIfNeeded: length) : nil
  }
  /// The lease in seconds; `UInt32.max` is for ever.
  public var leaseSeconds: UInt32? { word(.leaseTime) }
  /// T1: seconds until the client renews.
  public var renewalSeconds: UInt32? { word(.renewalTime) }
  /// T2: seconds until the client rebinds.
  public var rebindingSeconds: UInt32? { word(.rebindingTime) }
  /// The MTU of the interface, in bytes; at least 68.
  public var interfaceMTU: UInt16? {
    guard let data = option(.interfaceMTU), data.byteCount == 2 else { return nil }
    let size: UInt16 = data.load(at: 0)
    return size >= 68 ? size : nil
  }
  /// The longest message that the client takes, in bytes.
  public var maximumMessageSize: UInt16? {
    guard let data = option(.maximumMessageSize), data.byteCount == 2 else { return nil }
    return data.load(at: 0)
  }
  /// The routers, the preferred first.
  public var routers: DHCPv4Addresses {
    @_lifetime(copy self) get { addresses(.routers) }
  }
  /// The name servers, the preferred first.
  public var domainNameServers: DHCPv4Addresses {
    @_lifetime(copy self) get { addresses(.domainNameServers) }
  }
  /// The domain to complete names with: bytes of a stranger's choice.
  public var domainName: RawSpan? {
    @_lifetime(copy self) get { option(.domainName) }
  }
  /// The client's name: bytes of a stranger's choice.
  public var hostName: RawSpan? {
    @_lifetime(copy self) get { option(.hostName) }
  }
  /// Who the client is, if not its hardware address.
  public var clientIdentifier: RawSpan? {
    @_lifetime(copy self) get { option(.clientIdentifier) }
  }
  /// The codes of the options that the client wants, a byte each.
  public var parameterRequestList: RawSpan? {
    @_lifetime(copy self) get { option(.parameterRequestList) }
  }
  /// The routes with prefixes; `nil` without the option. When it is there, `routers` is to be
  /// ignored (RFC 3442).
  public var classlessRoutes: DHCPv4RouteIterator? {
    @_lifetime(copy self) get {
      guard let data = option(.classlessRoutes) else { return nil }
      return DHCPv4RouteIterator(data)
    }
  }

  private func address(_ code: DHCPv4OptionCode) -> IPv4Address? {
    word(code).map(IPv4Address.init(rawValue:))
  }

  private func word(_ code: DHCPv4OptionCode) -> UInt32? {
    guard let data = option(code), data.byteCount == 4 else { return nil }
    return data.load(at: 0)
  }

  @_lifetime(copy self)
  private func addresses(_ code: DHCPv4OptionCode) -> DHCPv4Addresses {
    guard let data = option(code) else { return DHCPv4Addresses(bytes.extracting(0..<0)) }
    return DHCPv4Addresses(data)
  }
}
