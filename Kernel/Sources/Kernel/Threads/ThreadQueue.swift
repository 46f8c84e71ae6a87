/// Threads in the order in which they came, linked through themselves: to queue allocates nothing.
struct ThreadQueue {
  private var first: Thread?
  private var last: Thread?

  var isEmpty: Bool { first == nil }

  mutating func append(_ thread: Thread) {
    if let last { last.next = thread } else { first = thread }
    last = thread
  }

  mutating func popFirst() -> Thread? {
    guard let thread = first else { return nil }
    first = thread.next
    thread.next = nil
    if first == nil { last = nil }
    return thread
  }

  /// Takes a thread out of the middle, where it stands in the queue.
  mutating func remove(_ thread: Thread) {
    var rest = self
    self = ThreadQueue()
    while let other = rest.popFirst() {
      if other !== thread { append(other) }
    }
  }
}
