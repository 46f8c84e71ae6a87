internal import MartletDevice
internal import MartletWire

/// The multicast groups that sockets have joined, and what IGMPv2 has to say of each (RFC 2236).
struct GroupTable: ~Copyable {
  private var groups: Table<Group>
  private var members: Table<Member>
  /// The number of groups.
  private(set) var count = 0
  private var memberCount = 0

  /// One group on one interface.
  struct Group: BitwiseCopyable {
    var address = IPv4Address.unspecified
    var interface = 0
    /// When the next report is due.
    var deadline = Instant.distantFuture
    /// The unsolicited reports still to be sent.
    var reportsLeft: UInt8 = 0
    /// Whether this host was the last to report the group, and so must say when it leaves.
    var isLastReporter = false
  }

  struct Member: Equatable, BitwiseCopyable {
    var socket = 0
    var address = IPv4Address.unspecified
    var interface = 0
  }

  /// Makes room for `capacity` groups and twice as many members.
  init(capacity: Int) {
    groups = Table(count: capacity) { _ in Group() }
    members = Table(count: capacity * 2) { _ in Member() }
  }

  /// The group in place `index`.
  subscript(index: Int) -> Group {
    get { groups[index] }
    set { groups[index] = newValue }
  }

  /// The place of a group; `nil` when nobody has joined it there.
  func find(_ address: IPv4Address, on interface: Int) -> Int? {
    for index in 0..<count
    where groups[index].address == address && groups[index].interface == interface {
      return index
    }
    return nil
  }

  /// Whether this host takes packets for a group by an interface. All hosts are in 224.0.0.1.
  func isMember(of address: IPv4Address, on interface: Int) -> Bool {
    address == IPv4Address(224, 0, 0, 1) || find(address, on: interface) != nil
  }

  /// Whether a socket has joined a group on an interface.
  func isMember(socket: Int, of address: IPv4Address, on interface: Int) -> Bool {
    let member = Member(socket: socket, address: address, interface: interface)
    for index in 0..<memberCount where members[index] == member { return true }
    return false
  }

  /// Adds a member; the place of its group if it is the first there. False when no room is left.
  mutating func join(
    socket: Int, _ address: IPv4Address, on interface: Int
  ) -> (isJoined: Bool, newGroup: Int?) {
    let member = Member(socket: socket, address: address, interface: interface)
    if isMember(socket: socket, of: address, on: interface) { return (true, nil) }
    let known = find(address, on: interface)
    guard memberCount < members.count, known != nil || count < groups.count else {
      return (false, nil)
    }
    members[memberCount] = member
    memberCount += 1
    guard known == nil else { return (true, nil) }
    groups[count] = Group(address: address, interface: interface)
    count += 1
    return (true, count - 1)
  }

  /// Takes a member out; the group, if it was the last there. False when it was none.
  mutating func leave(
    socket: Int, _ address: IPv4Address, on interface: Int
  ) -> (wasMember: Bool, ended: Group?) {
    let member = Member(socket: socket, address: address, interface: interface)
    for index in 0..<memberCount where members[index] == member {
      memberCount -= 1
      members[index] = members[memberCount]
      return (true, endIfEmpty(address, on: interface))
    }
    return (false, nil)
  }

  /// Any group that a socket is in; `nil` when it is in none.
  func membership(of socket: Int) -> (address: IPv4Address, interface: Int)? {
    for index in 0..<memberCount where members[index].socket == socket {
      return (members[index].address, members[index].interface)
    }
    return nil
  }

  /// Forgets all groups of an interface that is gone.
  mutating func removeAll(on interface: Int) {
    for index in stride(from: memberCount - 1, through: 0, by: -1)
    where members[index].interface == interface {
      memberCount -= 1
      members[index] = members[memberCount]
    }
    for index in stride(from: count - 1, through: 0, by: -1)
    where groups[index].interface == interface {
      count -= 1
      groups[index] = groups[count]
    }
  }

  private mutating func endIfEmpty(_ address: IPv4Address, on interface: Int) -> Group? {
    for index in 0..<memberCount
    where members[index].address == address && members[index].interface == interface {
      return nil
    }
    guard let place = find(address, on: interface) else { return nil }
    let group = groups[place]
    count -= 1
    groups[place] = groups[count]
    return group
  }

  /// When the next report is due.
  var nextDeadline: Instant {
    var earliest = Instant.distantFuture
    for index in 0..<count { earliest = min(earliest, groups[index].deadline) }
    return earliest
  }
}
