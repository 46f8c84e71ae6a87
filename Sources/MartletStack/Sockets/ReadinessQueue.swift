/// The sockets whose owner has something to hear, each at most once.
///
/// Readiness gathers in the socket's place until it is taken, so the queue is as long as there are
/// sockets and no event is ever lost for want of room.
struct ReadinessQueue: ~Copyable {
  private var places: Table<Place>
  private var head = UInt32.max
  private var tail = UInt32.max

  struct Place: BitwiseCopyable {
    var next = UInt32.max
    var readiness = Readiness()
    var isQueued = false
  }

  /// Makes a place for each of `count` sockets.
  init(count: Int) {
    places = Table(count: count) { _ in Place() }
  }

  /// Whether nobody has anything to hear.
  var isEmpty: Bool { head == .max }

  /// Adds to what socket `index` is ready for.
  mutating func post(_ readiness: Readiness, for index: Int) {
    places[index].readiness.formUnion(readiness)
    guard !places[index].isQueued else { return }
    places[index].isQueued = true
    let place = UInt32(truncatingIfNeeded: index)
    if tail == .max {
      head = place
    } else {
      places[Int(tail)].next = place
    }
    tail = place
  }

  /// Forgets what was posted for a socket whose slot passes to another.
  mutating func clear(_ index: Int) {
    places[index].readiness = []
  }

  /// The next socket with something to hear; `nil` when there is none.
  mutating func next() -> (index: Int, readiness: Readiness)? {
    while head != .max {
      let index = Int(head)
      let readiness = places[index].readiness
      head = places[index].next
      if head == .max { tail = .max }
      places[index] = Place()
      if !readiness.isEmpty { return (index, readiness) }
    }
    return nil
  }
}
