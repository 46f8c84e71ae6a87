internal import MartletDevice
public import MartletWire

extension Stack {
  /// Gives an interface an address, and a route to the network it lies in.
  ///
  /// On Ethernet the address is announced by ARP. With `probing`, whether another host has it is
  /// asked first (RFC 5227): it is used only after `StackEvent.addressReady`, some 4 to 7 s later.
  ///
  /// Throws `badAddress` for what no host may own, `addressInUse`, `tableFull`.
  public mutating func addAddress(
    _ prefix: IPv4Prefix, on id: InterfaceID, probing: Bool = false
  ) throws(StackError) {
    let interface = try index(of: id)
    guard prefix.address.isUnicast, prefix.broadcast != prefix.address,
      prefix.length >= 31 || prefix.network != prefix.address
    else { throw .badAddress(prefix.address) }
    guard addresses.find(prefix.address) == nil else { throw .addressInUse(prefix.address) }
    guard !addresses.isFull else { throw .tableFull(.addresses) }
    let onLink = RouteEntry(
      prefix: IPv4Prefix(prefix.network, length: prefix.length), interface: interface)
    if prefix.length < 32, !routes.contains(onLink) {
      guard !routes.isFull else { throw .tableFull(.routes) }
      routes.insert(onLink)
    }
    var entry = InterfaceAddress(prefix: prefix, interface: interface)
    if interfaces[interface].capabilities.medium == .ethernet {
      entry.claim = probing ? .probing(sent: 0) : .announcing(sent: 0)
      // RFC 5227, 2.1.1: hosts that were switched on together do not ask together.
      entry.deadline =
        now + .microseconds(probing ? Int64(random.next(below: 1_000_000)) : 0)
    }
    addresses.append(entry)
    if prefix.address.isLoopback { loopback = interface }
    updatePrimaryAddress(of: interface)
  }

  /// Takes an address from its interface, with the routes that are reached by it alone.
  ///
  /// Throws `addressNotLocal`. Connections that use the address find no route any more.
  public mutating func removeAddress(_ address: IPv4Address) throws(StackError) {
    guard let place = addresses.find(address) else { throw .addressNotLocal(address) }
    removeAddress(at: place)
  }

  /// The addresses of an interface that are in use, each handed to `body`.
  public func forEachAddress(on id: InterfaceID, _ body: (IPv4Prefix) -> Void) {
    guard let interface = try? index(of: id) else { return }
    for index in 0..<addresses.count
    where addresses[index].interface == interface && addresses[index].isUsable {
      body(addresses[index].prefix)
    }
  }

  /// What happened to addresses and neighbours, oldest first; `nil` when all has been told.
  public mutating func nextStackEvent() -> StackEvent? { events.next() }

  mutating func removeAddress(at place: Int) {
    let entry = addresses[place]
    addresses.remove(at: place)
    let network = IPv4Prefix(entry.prefix.network, length: entry.prefix.length)
    var isShared = false
    for index in 0..<addresses.count
    where addresses[index].interface == entry.interface
      && addresses[index].prefix.length == network.length
      && network.contains(addresses[index].address)
    {
      isShared = true
    }
    if !isShared {
      routes.removeAll {
        $0.interface == entry.interface
          && ($0.isOnLink ? $0.prefix == network : network.contains($0.gateway))
      }
    }
    if entry.interface == loopback, entry.address.isLoopback { loopback = nil }
    updatePrimaryAddress(of: entry.interface)
  }

  mutating func updatePrimaryAddress(of interface: Int) {
    var primary = IPv4Address.unspecified
    for index in 0..<addresses.count
    where addresses[index].interface == interface && addresses[index].isUsable {
      primary = addresses[index].address
      break
    }
    interfaces[interface].primaryAddress = primary
  }

  /// The public name of the interface in slot `interface`.
  func id(of interface: Int) -> InterfaceID {
    InterfaceID(index: interface, generation: interfaces.generation(at: interface))
  }
}
