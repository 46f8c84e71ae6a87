/// What the engine wants done, in this order.
public enum DeviceEffect: Equatable, Sendable {
  /// Open a connection, and say how that went by `connected` or `closed`.
  case connect(LinkID, DeviceAddress)
  /// Send bytes on a connection.
  case send(LinkID, [UInt8])
  /// Close a connection; nothing of it is told any more.
  case close(LinkID)
  /// Keep a run where a power failure does not reach it, before what follows is done.
  case save(device: String, run: Int64, SequenceRun.Record, isFinished: Bool)
  /// A run is over.
  case finished(device: String, run: Int64, RunOutcome)
  /// A node has proved to share this key with the hub, which is to be kept in secret.
  case paired(device: String, key: [UInt8])
  /// A node was to be paired, and was not: why.
  case notPaired(device: String, String)
  /// Something to write down and to show.
  case event(device: String, DeviceNews)
  /// How a device stands has changed: whoever looks at it should look again.
  case changed(device: String)
}

/// One connection of the hub; never given twice.
public struct LinkID: Equatable, Hashable, Sendable {
  /// Its number.
  public let number: UInt64

  /// Takes a number that no other has.
  public init(number: UInt64) { self.number = number }
}

/// What happened to a device.
public enum DeviceNews: Equatable, Sendable {
  /// An advert of a device that was not known.
  case discovered
  /// Its node is connected, and has proved who it is if `isProved`.
  case online(isProved: Bool)
  /// Its node is gone.
  case offline
  /// Its node speaks otherwise than it should: what it did.
  case fault(String)
  /// It was told to close, and does not report it.
  case doesNotClose
  /// An object that is an event of the node's own.
  case said(String)
}
