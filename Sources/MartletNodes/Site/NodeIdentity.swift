public import MartletWire

/// Who a node is, as its own page says it.
public struct NodeIdentity: Sendable {
  /// Its name, in UTF-8.
  public var name: [UInt8]
  /// Its address.
  public var address: IPv4Address
  /// Its card's address; zero on a link without addresses.
  public var linkAddress: MACAddress

  /// Takes all parts.
  public init(name: [UInt8], address: IPv4Address, linkAddress: MACAddress) {
    self.name = name
    self.address = address
    self.linkAddress = linkAddress
  }
}
