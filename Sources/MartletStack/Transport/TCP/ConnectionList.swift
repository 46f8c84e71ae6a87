/// Connections in line for a turn: to send, or for a neighbour's address.
///
/// Linked through a `ConnectionLinks` table; a connection stands in at most one line.
struct ConnectionList: ~Copyable {
  var head = UInt32.max
  var tail = UInt32.max

  /// A line without connections.
  init() {}

  /// Moves the line out and leaves an empty one.
  mutating func take() -> ConnectionList {
    let taken = self
    self = ConnectionList()
    return taken
  }

  /// Whether nobody stands in line.
  var isEmpty: Bool { head == .max }
}
