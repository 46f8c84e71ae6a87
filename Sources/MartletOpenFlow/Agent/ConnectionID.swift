/// A connection of an agent; numbers are not used again.
public struct ConnectionID: Hashable, Sendable {
  let number: UInt64
}
