internal import MartletDevice
internal import MartletWire

/// The addresses of all interfaces, in the order in which they were added.
struct AddressTable: ~Copyable {
  private var entries: Table<InterfaceAddress>
  /// The number of addresses.
  private(set) var count = 0
  /// The source that was last found good, until an address changes.
  private var goodSource: Source?

  /// A sender's address on an interface.
  private struct Source: Equatable, BitwiseCopyable {
    var address: IPv4Address
    var interface: Int
  }

  /// Makes room for `capacity` addresses.
  init(capacity: Int) {
    entries = Table(count: capacity) { _ in InterfaceAddress() }
  }

  /// The address in place `index`.
  subscript(index: Int) -> InterfaceAddress {
    get { entries[index] }
    set {
      entries[index] = newValue
      goodSource = nil
    }
  }

  /// Whether no address fits in.
  var isFull: Bool { count == entries.count }

  /// Adds an address. The table must not be full.
  mutating func append(_ entry: InterfaceAddress) {
    entries[count] = entry
    count += 1
    goodSource = nil
  }

  /// Takes the address in place `index` out.
  mutating func remove(at index: Int) {
    for place in index + 1..<max(count, index + 1) { entries[place - 1] = entries[place] }
    count -= 1
    goodSource = nil
  }

  /// Whether this source was found good just before: segments come in runs, and what they are
  /// held against changes only with the addresses.
  func isKnownGood(_ source: IPv4Address, on interface: Int) -> Bool {
    goodSource == Source(address: source, interface: interface)
  }

  /// Remembers a unicast source that was found good.
  mutating func noteGood(_ source: IPv4Address, on interface: Int) {
    goodSource = Source(address: source, interface: interface)
  }

  /// The place of an address, on one interface or any; `nil` when no interface has it.
  func find(_ address: IPv4Address, on interface: Int? = nil) -> Int? {
    for index in 0..<count where entries[index].address == address {
      if let interface, entries[index].interface != interface { continue }
      return index
    }
    return nil
  }

  /// Whether an interface of this host owns and may use the address.
  func isLocal(_ address: IPv4Address) -> Bool {
    for index in 0..<count where entries[index].address == address && entries[index].isUsable {
      return true
    }
    return false
  }

  /// Whether it is the broadcast address of one of the interface's networks.
  func isDirectedBroadcast(_ address: IPv4Address, on interface: Int) -> Bool {
    for index in 0..<count
    where entries[index].interface == interface && entries[index].prefix.broadcast == address {
      return true
    }
    return false
  }

  /// The interface's address to reach `destination` from: one in the same network, else its first.
  func source(for destination: IPv4Address, on interface: Int) -> IPv4Address? {
    var first: IPv4Address?
    var best: InterfaceAddress?
    for index in 0..<count {
      let entry = entries[index]
      guard entry.interface == interface, entry.isUsable else { continue }
      if first == nil { first = entry.address }
      guard entry.prefix.contains(destination) else { continue }
      if let best, best.prefix.length >= entry.prefix.length { continue }
      best = entry
    }
    return best?.address ?? first
  }

  /// When a claim next goes on.
  var nextDeadline: Instant {
    var earliest = Instant.distantFuture
    for index in 0..<count { earliest = min(earliest, entries[index].deadline) }
    return earliest
  }
}
