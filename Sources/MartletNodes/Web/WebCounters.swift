/// What a web server has counted.
public struct WebCounters: Equatable, Sendable, BitwiseCopyable {
  /// The connections open now.
  public internal(set) var openCount = 0
  /// The connections taken so far.
  public internal(set) var connections: UInt64 = 0
  /// The requests answered, whatever the status.
  public internal(set) var requests: UInt64 = 0
  /// The requests refused because they were none.
  public internal(set) var badRequests: UInt64 = 0
  /// The connections ended because their client took too long.
  public internal(set) var timeouts: UInt64 = 0

  init() {}
}
