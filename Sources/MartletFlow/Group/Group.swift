/// A group: a frame is handed to all of its buckets, or to one (OpenFlow 1.3, 5.6).
public struct Group: Equatable, Sendable {
  /// Which of its buckets act; the values are the protocol's.
  public enum Kind: UInt8, Sendable {
    case all = 0
    case select = 1
    case indirect = 2
    case fastFailover = 3
  }

  /// Its number.
  public var id: UInt32
  /// Which of its buckets act.
  public var kind: Kind
  /// Its buckets in their order.
  public var buckets: [Bucket]
  /// The frames that came to it.
  public internal(set) var packetCount: UInt64 = 0
  /// The bytes of these frames.
  public internal(set) var byteCount: UInt64 = 0

  /// Makes one of its parts.
  public init(id: UInt32, kind: Kind, buckets: [Bucket]) {
    self.id = id
    self.kind = kind
    self.buckets = buckets
  }

  /// A list of actions of a group.
  public struct Bucket: Equatable, Sendable {
    /// Its share in a `select` group; 0 gets nothing.
    public var weight: UInt16 = 1
    /// It acts only while this port works; `any` always.
    public var watchedPort: PortNumber = .any
    /// It acts only while this group has a bucket that works.
    public var watchedGroup: UInt32?
    /// What is done, in the order of an action set.
    public var actions: [Action]

    /// Makes one of its parts.
    public init(actions: [Action]) { self.actions = actions }
  }
}
