internal import MartletWire

/// Where a next hop's link address is to be had, kept by a connection so that it need not search.
enum NeighbourReference: Equatable, BitwiseCopyable {
  /// No search is needed: a group, a broadcast, or a link without addresses.
  case link(MACAddress)
  /// An entry of the neighbour table; when it is gone, a new one is made for the same host.
  case entry(index: UInt32, generation: UInt32, address: IPv4Address, interface: UInt8)
}
