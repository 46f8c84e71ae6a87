/// Connections in line for a turn: to send, or for a neighbour's address.
///
/// Linked through a `ConnectionLinks` table; a connection stands in at most one line.
struct ConnectionList: ~Copyable {
  var head = UInt32.max
  var tail = UInt32.max

  /// A line without connections.
  init() {}

  /// Whether nobody stands in line.
  var isEmpty: Bool { head == .max }
}
