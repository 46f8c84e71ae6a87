/// Which connection follows which, one place for each slot of the connection table.
struct ConnectionLinks: ~Copyable {
  private var links: Table<Link>

  struct Link: BitwiseCopyable {
    var next = UInt32.max
    var isInLine = false
  }

  /// Makes a place for each of `count` connections.
  init(count: Int) {
    links = Table(count: count) { _ in Link() }
  }

  /// Whether the connection stands in some line.
  func isInLine(_ connection: Int) -> Bool { links[connection].isInLine }

  /// Puts a connection at the line's end, unless it stands in one already.
  mutating func append(_ connection: Int, to list: inout ConnectionList) {
    guard !links[connection].isInLine else { return }
    links[connection] = Link(next: .max, isInLine: true)
    let index = UInt32(truncatingIfNeeded: connection)
    if list.tail == .max {
      list.head = index
    } else {
      links[Int(list.tail)].next = index
    }
    list.tail = index
  }

  /// Takes the first connection out of line; `nil` when there is none.
  mutating func removeFirst(from list: inout ConnectionList) -> Int? {
    guard list.head != .max else { return nil }
    let index = Int(list.head)
    list.head = links[index].next
    if list.head == .max { list.tail = .max }
    links[index] = Link()
    return index
  }
}
