/// A version of the protocol, as it stands in the first byte of every message.
public enum OpenFlowVersion: UInt8, Comparable, Sendable {
  /// OpenFlow 1.0.
  case v10 = 1
  /// OpenFlow 1.3.
  case v13 = 4

  /// The older one is lower.
  public static func < (first: Self, second: Self) -> Bool { first.rawValue < second.rawValue }
}
