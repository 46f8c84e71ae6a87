internal import MartletWire

extension PacketPrinter {
  mutating func dhcp(_ bytes: RawSpan) {
    do throws(WireError) {
      let message = try DHCPv4View(parsing: bytes)
      write("DHCP \(name(of: message)), length \(bytes.byteCount)")
      write(", xid \(hexadecimal(message.transactionID))")
      if let address = message.clientMAC { write(", from \(address)") }
      let addresses = [
        ("client", message.clientAddress), ("your", message.yourAddress),
        ("next", message.bootServer), ("relay", message.relayAddress),
      ]
      for (name, address) in addresses where !address.isUnspecified {
        write(", \(name) \(address)")
      }
      options(of: message)
    } catch .badField {
      write("BOOTP, length \(bytes.byteCount)")
    } catch {
      damaged("DHCP", error)
    }
  }

  private func name(of message: borrowing DHCPv4View) -> String {
    let fallback = message.isRequest ? "request" : "reply"
    guard let type = message.messageType else { return fallback }
    switch type {
    case .discover: return "Discover"
    case .offer: return "Offer"
    case .request: return "Request"
    case .decline: return "Decline"
    case .acknowledge: return "ACK"
    case .refuse: return "NAK"
    case .release: return "Release"
    case .inform: return "Inform"
    default: return "\(fallback) of type \(type.rawValue)"
    }
  }

  private mutating func options(of message: borrowing DHCPv4View) {
    if let address = message.requestedAddress { write(", requests \(address)") }
    if let address = message.serverIdentifier { write(", server \(address)") }
    if let seconds = message.leaseSeconds { write(", lease \(seconds)") }
    if let mask = message.subnetMask { write(", mask \(mask)") }
    list("routers", message.routers)
    list("name servers", message.domainNameServers)
    if let name = message.hostName { write(", host name \(escaped(name))") }
    if let name = message.domainName { write(", domain \(escaped(name))") }
    if let size = message.interfaceMTU { write(", mtu \(size)") }
    if let text = message.option(.message) { write(", message \(escaped(text))") }
    var all = message.options
    while all.next() != nil {}
    if all.isMalformed { write(" [an option reaches beyond the message]") }
  }

  private mutating func list(_ name: String, _ addresses: borrowing DHCPv4Addresses) {
    guard addresses.count > 0 else { return }
    write(", \(name)")
    for index in 0..<addresses.count { write(" \(addresses[index])") }
  }
}
