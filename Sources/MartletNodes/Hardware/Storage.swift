/// What a board remembers without power.
public protocol Storage: ~Copyable {
  /// A record as it was last written; `nil` when there is none, or when it is damaged.
  func read(_ record: StorageRecord) -> [UInt8]?

  /// Writes a record, whole or not at all; false when that failed.
  mutating func write(_ bytes: [UInt8], to record: StorageRecord) -> Bool
}
