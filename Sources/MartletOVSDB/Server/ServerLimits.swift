/// What a server lets its clients hold.
public struct ServerLimits: Sendable {
  /// The longest message taken, in bytes.
  public var messageLength = 16 << 20
  /// Once a client has so many bytes to read, no more of its requests are answered until it has read.
  public var outputPause = 1 << 20
  /// Once a client has so many bytes to read, it is dropped rather than told of more changes.
  public var outputLimit = 64 << 20
  /// Connections at once.
  public var sessions = 2048
  /// Monitors a connection.
  public var monitors = 1024
  /// Locks a connection waits for or owns.
  public var locks = 64
  /// Transactions of a connection that wait for something.
  public var waitingTransactions = 64
  /// How many of the last transactions are kept for clients that come back.
  public var historyLength = 100
  /// How many changed rows they may have together.
  public var historyRows = 10_000
  /// A connection that was silent for so long is asked whether it is still there; after as long again
  /// without an answer it is dropped. In milliseconds.
  public var probeInterval: Int64 = 5_000

  /// The limits of a small switch: generous to clients, and far from the memory's end.
  public init() {}
}
