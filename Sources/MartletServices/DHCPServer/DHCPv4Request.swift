internal import MartletWire

/// What a server needs of a client's message, copied out of it.
struct DHCPv4Request {
  let header: DHCPv4Header
  let type: DHCPv4MessageType
  let requestedAddress: IPv4Address?
  let server: IPv4Address?
  /// Who asks, by its own account.
  let client: [UInt8]
  /// The first label of its name in lower case; empty where that is none a host could have.
  let name: [UInt8]
  let wantsMTU: Bool
  let wantsName: Bool

  /// Reads a client's message; `nil` for a server's, one without a type or another kind of link.
  init?(_ view: borrowing DHCPv4View) {
    guard view.isRequest, let type = view.messageType, let mac = view.clientMAC, mac.isUnicast
    else { return nil }
    header = DHCPv4Header(view)
    self.type = type
    requestedAddress = view.requestedAddress
    server = view.serverIdentifier
    var client: [UInt8] = []
    if let identifier = view.clientIdentifier, identifier.byteCount >= 2 {
      client.append(1)
      for index in 0..<identifier.byteCount { client.append(identifier.load(at: index)) }
    } else {
      client.append(0)
      for shift in 0..<6 {
        client.append(UInt8(truncatingIfNeeded: mac.rawValue >> UInt64(8 &* shift)))
      }
    }
    self.client = client
    if let hostName = view.hostName { name = Self.label(hostName) } else { name = [] }
    var wantsMTU = false
    var wantsName = false
    if let list = view.parameterRequestList {
      for index in 0..<list.byteCount {
        let code: UInt8 = list.load(at: index)
        if code == DHCPv4OptionCode.interfaceMTU.rawValue { wantsMTU = true }
        if code == DHCPv4OptionCode.hostName.rawValue { wantsName = true }
      }
    }
    self.wantsMTU = wantsMTU
    self.wantsName = wantsName
  }

  /// The first label of a name, bytes of a stranger's choice, if it is one of a host (RFC 1123).
  private static func label(_ bytes: RawSpan) -> [UInt8] {
    var ascii: [UInt8] = []
    for index in 0..<min(bytes.byteCount, 64) {
      let byte: UInt8 = bytes.load(at: index)
      if byte == UInt8(ascii: ".") || byte == 0 { break }
      ascii.append(byte)
    }
    guard let name = DomainName(ascii: ascii), !name.ascii.contains(UInt8(ascii: "_")) else {
      return []
    }
    return name.ascii
  }
}
