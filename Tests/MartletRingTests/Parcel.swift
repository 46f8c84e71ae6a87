import Synchronization

/// Counts the parcels that are alive.
final class Census: Sendable {
  let alive = Atomic<Int>(0)

  var count: Int { alive.load(ordering: .relaxed) }
}

/// An element that can only move, and whose end is counted.
struct Parcel: ~Copyable, Sendable {
  let label: Int
  let census: Census

  init(_ label: Int, _ census: Census) {
    self.label = label
    self.census = census
    census.alive.add(1, ordering: .relaxed)
  }

  deinit {
    census.alive.subtract(1, ordering: .relaxed)
  }
}

/// The label of a parcel, which ends here; `nil` when there is none.
func label(of parcel: consuming Parcel?) -> Int? {
  guard let parcel else { return nil }
  return parcel.label
}
