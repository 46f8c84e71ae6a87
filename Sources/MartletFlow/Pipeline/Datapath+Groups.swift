public import MartletDevice

extension Datapath {
  func place(ofGroup id: UInt32) -> Int? {
    let place = Self.firstPlace(groups.count) { groups[$0].id >= id }
    return place < groups.count && groups[place].id == id ? place : nil
  }

  func place(ofMeter id: UInt32) -> Int? {
    let place = Self.firstPlace(meters.count) { meters[$0].id >= id }
    return place < meters.count && meters[place].id == id ? place : nil
  }

  /// The first of some places in order of which something is true.
  private static func firstPlace(_ count: Int, _ isTrue: (Int) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if isTrue(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// Adds a group.
  public mutating func addGroup(_ group: Group) throws(FlowError) {
    guard place(ofGroup: group.id) == nil else { throw .groupExists }
    guard groups.count < configuration.groupLimit else { throw .outOfGroups }
    try check(group)
    groups.insert(group, at: Self.firstPlace(groups.count) { groups[$0].id >= group.id })
    version &+= 1
  }

  /// Changes a group; its counters begin anew.
  public mutating func modifyGroup(_ group: Group) throws(FlowError) {
    guard let place = place(ofGroup: group.id) else { throw .unknownGroup }
    try check(group)
    groups[place] = group
    version &+= 1
  }

  /// Deletes a group, or all; the flows that use it go, too. What is not there is deleted already.
  public mutating func deleteGroup(_ id: UInt32?, now: Instant) {
    let gone = groups.filter { id == nil || $0.id == id }
    groups.removeAll { id == nil || $0.id == id }
    for group in gone {
      for number in store.flows.indices {
        guard let flow = store.flows[number],
          flow.specification.actions.contains(where: { $0.uses(group: group.id) })
        else { continue }
        remove(Int32(number), .groupDeleted, now: now)
      }
    }
    version &+= 1
  }

  /// Adds a meter.
  public mutating func addMeter(_ meter: Meter) throws(FlowError) {
    guard place(ofMeter: meter.id) == nil else { throw .meterExists }
    guard meters.count < configuration.meterLimit else { throw .outOfMeters }
    meters.insert(meter, at: Self.firstPlace(meters.count) { meters[$0].id >= meter.id })
    version &+= 1
  }

  /// Changes a meter.
  public mutating func modifyMeter(_ meter: Meter) throws(FlowError) {
    guard let place = place(ofMeter: meter.id) else { throw .unknownMeter }
    meters[place] = meter
    version &+= 1
  }

  /// Deletes a meter, or all; the flows that use it go, too.
  public mutating func deleteMeter(_ id: UInt32?, now: Instant) {
    meters.removeAll { id == nil || $0.id == id }
    for number in store.flows.indices {
      guard let flow = store.flows[number],
        flow.specification.actions.contains(where: { action in
          if case .meter(let used) = action { return id == nil || used == id }
          return false
        })
      else { continue }
      remove(Int32(number), .deleted, now: now)
    }
    version &+= 1
  }

  private func check(_ group: Group) throws(FlowError) {
    if group.kind == .indirect, group.buckets.count != 1 { throw .badBuckets }
    for bucket in group.buckets {
      if group.kind == .fastFailover, bucket.watchedPort == .any, bucket.watchedGroup == nil {
        throw .badBuckets
      }
      for action in bucket.actions where action.stage != 1 { throw .badBuckets }
      for action in bucket.actions where action.uses(group: group.id) { throw .groupLoop }
      try check(bucket.actions, in: 0)
    }
  }

  /// Whether a bucket may act.
  func isLive(_ bucket: Group.Bucket, depth: Int = 0) -> Bool {
    guard depth < 16 else { return false }
    if bucket.watchedPort != .any, port(bucket.watchedPort)?.sends != true { return false }
    if let id = bucket.watchedGroup {
      guard let place = place(ofGroup: id) else { return false }
      return groups[place].buckets.contains { isLive($0, depth: depth + 1) }
    }
    return true
  }
}
