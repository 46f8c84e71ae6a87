internal import MartletDevice

/// Which of numbered things is due next: a binary heap that knows where each lies.
struct DeadlineHeap: Sendable {
  private var order: [Int32] = []
  private var positions: [Int32]
  private var times: [Instant]

  /// Room for things of numbers below `capacity`.
  init(capacity: Int) {
    positions = Array(repeating: -1, count: capacity)
    times = Array(repeating: .zero, count: capacity)
    order.reserveCapacity(capacity)
  }

  /// The thing that is due first, and when.
  var first: (number: Int32, time: Instant)? {
    guard let number = order.first else { return nil }
    return (number, times[Int(number)])
  }

  /// Says when a thing is due, anew or for the first time.
  mutating func set(_ number: Int32, _ time: Instant) {
    let place = Int(number)
    let old = times[place]
    times[place] = time
    if positions[place] < 0 {
      positions[place] = Int32(order.count)
      order.append(number)
      rise(order.count - 1)
    } else if time < old {
      rise(Int(positions[place]))
    } else {
      sink(Int(positions[place]))
    }
  }

  /// When a thing is due.
  func time(of number: Int32) -> Instant { times[Int(number)] }

  /// Forgets a thing.
  mutating func remove(_ number: Int32) {
    let position = Int(positions[Int(number)])
    guard position >= 0 else { return }
    positions[Int(number)] = -1
    let last = order.removeLast()
    guard last != number else { return }
    order[position] = last
    positions[Int(last)] = Int32(position)
    rise(position)
    sink(Int(positions[Int(last)]))
  }

  private mutating func rise(_ start: Int) {
    var position = start
    while position > 0 {
      let parent = (position - 1) / 2
      guard times[Int(order[position])] < times[Int(order[parent])] else { return }
      exchange(position, parent)
      position = parent
    }
  }

  private mutating func sink(_ start: Int) {
    var position = start
    while true {
      var child = 2 * position + 1
      guard child < order.count else { return }
      if child + 1 < order.count, times[Int(order[child + 1])] < times[Int(order[child])] {
        child += 1
      }
      guard times[Int(order[child])] < times[Int(order[position])] else { return }
      exchange(position, child)
      position = child
    }
  }

  private mutating func exchange(_ a: Int, _ b: Int) {
    order.swapAt(a, b)
    positions[Int(order[a])] = Int32(a)
    positions[Int(order[b])] = Int32(b)
  }
}
