/// What a column of a row holds: a scalar is a set of one. Keys are in order, none comes twice.
public struct Datum: Hashable, Sendable {
  /// The elements, or a map's keys.
  public internal(set) var keys: [Atom]
  /// A map's values, one a key; empty for a set.
  public internal(set) var values: [Atom]

  /// Nothing.
  public init() {
    keys = []
    values = []
  }

  /// One value.
  public init(_ atom: Atom) {
    keys = [atom]
    values = []
  }

  /// A set; what comes twice is taken once.
  public init(set atoms: [Atom]) {
    keys = []
    values = []
    for atom in atoms.sorted() where keys.last != atom { keys.append(atom) }
  }

  /// A map; of a key that comes twice the last counts.
  public init(map pairs: [(Atom, Atom)]) {
    let merged = Dictionary(pairs) { $1 }.sorted { $0.key < $1.key }
    keys = merged.map(\.key)
    values = merged.map(\.value)
  }

  /// Takes keys in order, and a value for each or none at all.
  init(keys: [Atom], values: [Atom]) {
    self.keys = keys
    self.values = values
  }

  /// The number of elements or pairs.
  public var count: Int { keys.count }
  /// Whether it holds nothing.
  public var isEmpty: Bool { keys.isEmpty }
  /// Whether its elements are pairs.
  var isMap: Bool { !values.isEmpty }

  /// Where a key is, or where it would be.
  func find(_ key: Atom) -> (index: Int, isThere: Bool) {
    var low = 0
    var high = keys.count
    // What is appended in order is the common case.
    if let last = keys.last, last < key { return (keys.count, false) }
    while low < high {
      let middle = (low + high) / 2
      if keys[middle] < key { low = middle + 1 } else { high = middle }
    }
    return (low, low < keys.count && keys[low] == key)
  }

  /// Whether an element is in it.
  public func contains(_ key: Atom) -> Bool { find(key).isThere }

  /// The value of a map's key.
  public subscript(key: Atom) -> Atom? {
    let (index, isThere) = find(key)
    return isThere && index < values.count ? values[index] : nil
  }

  /// Whether a pair is in it; of a set, whether the key is.
  func contains(_ other: Datum, at index: Int) -> Bool {
    let (place, isThere) = find(other.keys[index])
    guard isThere else { return false }
    guard index < other.values.count, place < values.count else { return true }
    return values[place] == other.values[index]
  }

  /// Whether all of `other` is in it.
  func includes(_ other: Datum) -> Bool {
    other.keys.indices.allSatisfy { contains(other, at: $0) }
  }

  /// Whether nothing of `other` is in it.
  func excludes(_ other: Datum) -> Bool {
    !other.keys.indices.contains { contains(other, at: $0) }
  }
}
