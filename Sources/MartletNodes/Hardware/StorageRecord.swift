/// What a node keeps without power, a record each.
public enum StorageRecord: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  /// How often the node has booted.
  case boots
  /// The key that the node shares with its hub.
  case pairing
  /// How long each valve was open in the last day.
  case dailyUse
  /// The light's presets, its last state and what it does at power-up.
  case light
}
