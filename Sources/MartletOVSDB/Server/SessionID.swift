/// Names a connection; never used twice.
public struct SessionID: Hashable, Sendable {
  let rawValue: UInt64
}
