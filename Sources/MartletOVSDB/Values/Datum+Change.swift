extension Datum {
  /// Adds what is not there; a key that is keeps its value (RFC 7047, section 5.1, "insert").
  mutating func formUnion(_ other: Datum) {
    if other.count > 8, !isEmpty { return merge(other) }
    for (index, key) in other.keys.enumerated() {
      let (place, isThere) = find(key)
      guard !isThere else { continue }
      keys.insert(key, at: place)
      if index < other.values.count { values.insert(other.values[index], at: place) }
    }
  }

  /// Both in one pass, for many.
  private mutating func merge(_ other: Datum) {
    let old = self
    keys.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
    var (left, right) = (0, 0)
    while left < old.count || right < other.count {
      let takesOld =
        right >= other.count || (left < old.count && old.keys[left] <= other.keys[right])
      if takesOld {
        if right < other.count, old.keys[left] == other.keys[right] { right += 1 }
        keys.append(old.keys[left])
        if left < old.values.count { values.append(old.values[left]) }
        left += 1
      } else {
        keys.append(other.keys[right])
        if right < other.values.count { values.append(other.values[right]) }
        right += 1
      }
    }
  }

  /// Removes what is in `other`. Pairs go when key and value are; if `other` is a set, when the key
  /// is (RFC 7047, section 5.1, "delete").
  mutating func subtract(_ other: Datum) {
    guard other.count > 8 else {
      for index in other.keys.indices where contains(other, at: index) {
        remove(other.keys[index])
      }
      return
    }
    let old = self
    keys.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
    for index in old.keys.indices {
      let (place, isThere) = other.find(old.keys[index])
      let goes =
        isThere
        && (place >= other.values.count || index >= old.values.count
          || other.values[place] == old.values[index])
      guard !goes else { continue }
      keys.append(old.keys[index])
      if index < old.values.count { values.append(old.values[index]) }
    }
  }

  /// Removes a key and its value.
  mutating func remove(_ key: Atom) {
    let (place, isThere) = find(key)
    guard isThere else { return }
    keys.remove(at: place)
    if place < values.count { values.remove(at: place) }
  }

  /// What leads from this to `other`, in the form of `update2` and of the file: a scalar's new value;
  /// of a set the elements that come or go; of a map the pairs that come, those whose value changes
  /// (with the new one), and those that go (with the old one).
  func difference(to other: Datum, _ type: ColumnType) -> Datum {
    if type.most == 1 { return other }
    var result = Datum()
    var (left, right) = (0, 0)
    while left < count || right < other.count {
      if right >= other.count || (left < count && keys[left] < other.keys[right]) {
        result.append(self, left)
        left += 1
      } else if left >= count || other.keys[right] < keys[left] {
        result.append(other, right)
        right += 1
      } else {
        if right < other.values.count, values[left] != other.values[right] {
          result.append(other, right)
        }
        left += 1
        right += 1
      }
    }
    return result
  }

  /// Applies what `difference(to:_:)` gave.
  func applying(_ difference: Datum, _ type: ColumnType) -> Datum {
    if type.most == 1 { return difference }
    var result = self
    for (index, key) in difference.keys.enumerated() {
      let (place, isThere) = result.find(key)
      if !isThere {
        result.keys.insert(key, at: place)
        if index < difference.values.count {
          result.values.insert(difference.values[index], at: place)
        }
      } else if index < difference.values.count, result.values[place] != difference.values[index] {
        result.values[place] = difference.values[index]
      } else {
        result.remove(key)
      }
    }
    return result
  }

  private mutating func append(_ other: Datum, _ index: Int) {
    keys.append(other.keys[index])
    if index < other.values.count { values.append(other.values[index]) }
  }
}
