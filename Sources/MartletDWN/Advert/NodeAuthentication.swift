/// Whether a node lets a hub command it that has not proved to hold its key.
public enum NodeAuthentication: UInt8, Hashable, Sendable, BitwiseCopyable {
  /// It has no key: anyone on this network can command it.
  case none
  /// It has a key and takes plain commands too.
  case optional
  /// Without proof it takes nothing but "close everything".
  case required
}
