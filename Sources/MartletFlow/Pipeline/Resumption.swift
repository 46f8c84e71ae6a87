/// Where a frame goes on whose way was interrupted, because what comes next depends on what connection
/// tracking finds.
///
/// Its number, from 1, lies in the frame's key, so that the caches tell such frames from those of a port.
struct Resumption: Equatable, Sendable {
  /// The table in which it is looked up.
  var table: UInt8
  /// What `writeActions` had gathered.
  var actionSet: [Action]
}

extension FlowKey {
  /// The number of the resumption by which the frame goes on; 0 for one that came by a port.
  var resumption: UInt16 {
    get { UInt16(truncatingIfNeeded: words[12]) }
    set { words[12] = words[12] & ~0xffff | UInt64(newValue) }
  }
}
