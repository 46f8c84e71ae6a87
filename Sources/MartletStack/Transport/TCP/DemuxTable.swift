/// Finds the connection, half-open entry or TIME-WAIT record of a segment.
///
/// Open addressing over a keyed hash; an entry that goes closes its gap, so that there are no
/// tombstones and the table never has to be made anew. One writer, the stack's owner.
struct DemuxTable: ~Copyable {
  private var entries: Table<Entry>
  private let mask: UInt32
  /// The number of entries.
  private(set) var count = 0
  /// The connection that was last found, until an entry changes: segments come in runs.
  private(set) var recent: Recent?

  /// A key and where it leads to.
  struct Recent: BitwiseCopyable {
    var key: ConnectionKey
    var index: Int
  }

  struct Entry: BitwiseCopyable {
    var hash: UInt32
    var reference: Reference
  }

  /// What an entry leads to: a kind and the index of a slot.
  struct Reference: Equatable, BitwiseCopyable {
    let rawValue: UInt32

    /// Leads nowhere.
    static var none: Self { Self(rawValue: .max) }

    /// Which table the slot is in.
    enum Kind: UInt32 {
      case connection = 0
      case halfOpen = 1
      case timeWait = 2
    }

    init(rawValue: UInt32) { self.rawValue = rawValue }

    init(_ kind: Kind, _ index: Int) {
      rawValue = kind.rawValue << 30 | UInt32(truncatingIfNeeded: index) & 0x3FFF_FFFF
    }

    /// Which table the slot is in; `nil` for `none`.
    var kind: Kind? { Kind(rawValue: rawValue >> 30) }
    /// The slot.
    var index: Int { Int(rawValue & 0x3FFF_FFFF) }
  }

  /// Makes room for `capacity` entries, at most half of the places used.
  init(capacity: Int) {
    var size: UInt32 = 16
    while Int(size) < capacity * 2 { size <<= 1 }
    mask = size - 1
    entries = Table(count: Int(size)) { _ in Entry(hash: 0, reference: .none) }
  }

  /// The entries whose hash is `hash`, one a call: `probe` starts at `nil`.
  func next(_ hash: UInt32, after probe: inout UInt32?) -> Reference? {
    var place = probe.map { $0 &+ 1 } ?? hash
    while true {
      let entry = entries[Int(place & mask)]
      guard entry.reference != .none else { return nil }
      if entry.hash == hash {
        probe = place
        return entry.reference
      }
      place &+= 1
    }
  }

  /// Remembers which connection a key was found to lead to.
  mutating func noteRecent(_ key: ConnectionKey, _ index: Int) {
    recent = Recent(key: key, index: index)
  }

  /// Adds an entry. The table has room by construction: it is as large as the tables it leads to.
  mutating func insert(_ hash: UInt32, _ reference: Reference) {
    precondition(count <= Int(mask) / 2 + 1, "more entries than slots they could lead to")
    var place = hash
    while entries[Int(place & mask)].reference != .none { place &+= 1 }
    entries[Int(place & mask)] = Entry(hash: hash, reference: reference)
    count += 1
    recent = nil
  }

  /// Makes an entry lead elsewhere; false when it is not there.
  @discardableResult
  mutating func replace(_ hash: UInt32, _ old: Reference, with new: Reference) -> Bool {
    guard let place = place(of: old, hash: hash) else { return false }
    entries[place].reference = new
    recent = nil
    return true
  }

  /// Removes an entry, if it is there.
  mutating func remove(_ hash: UInt32, _ reference: Reference) {
    guard var gap = place(of: reference, hash: hash) else { return }
    count -= 1
    recent = nil
    var probe = gap
    while true {
      probe = (probe + 1) & Int(mask)
      let entry = entries[probe]
      guard entry.reference != .none else { break }
      // An entry may move into the gap unless its own place lies behind the gap.
      let home = Int(entry.hash & mask)
      let reach = (probe - home) & Int(mask)
      if reach >= (probe - gap) & Int(mask) {
        entries[gap] = entry
        gap = probe
      }
    }
    entries[gap] = Entry(hash: 0, reference: .none)
  }

  private func place(of reference: Reference, hash: UInt32) -> Int? {
    var place = Int(hash & mask)
    while entries[place].reference != .none {
      if entries[place].reference == reference { return place }
      place = (place + 1) & Int(mask)
    }
    return nil
  }
}
