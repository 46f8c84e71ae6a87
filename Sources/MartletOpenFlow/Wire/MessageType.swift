/// What a message is, in one version's numbers.
public struct MessageType: RawRepresentable, Hashable, Sendable {
  /// The number in the header.
  public let rawValue: UInt8
  /// Makes one of its number.
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  private init(_ number: UInt8) { rawValue = number }

  // The same in both versions.
  static let hello = Self(0)
  static let error = Self(1)
  static let echoRequest = Self(2)
  static let echoReply = Self(3)
  static let experimenter = Self(4)
  static let featuresRequest = Self(5)
  static let featuresReply = Self(6)
  static let getConfigRequest = Self(7)
  static let getConfigReply = Self(8)
  static let setConfig = Self(9)
  static let packetIn = Self(10)
  static let flowRemoved = Self(11)
  static let portStatus = Self(12)
  static let packetOut = Self(13)
  static let flowMod = Self(14)
  // 1.3 has group-mod at 15, and all that follows one later.
  static let groupMod = Self(15)
  static let tableMod = Self(17)
  static let queueConfigRequest13 = Self(22)
  static let roleRequest = Self(24)
  static let roleReply = Self(25)
  static let getAsyncRequest = Self(26)
  static let getAsyncReply = Self(27)
  static let setAsync = Self(28)
  static let meterMod = Self(29)

  static func portMod(_ version: OpenFlowVersion) -> Self { Self(version == .v10 ? 15 : 16) }
  static func statisticsRequest(_ version: OpenFlowVersion) -> Self {
    Self(version == .v10 ? 16 : 18)
  }
  static func statisticsReply(_ version: OpenFlowVersion) -> Self {
    Self(version == .v10 ? 17 : 19)
  }
  static func barrierRequest(_ version: OpenFlowVersion) -> Self { Self(version == .v10 ? 18 : 20) }
  static func barrierReply(_ version: OpenFlowVersion) -> Self { Self(version == .v10 ? 19 : 21) }
  static func queueConfigRequest(_ version: OpenFlowVersion) -> Self {
    Self(version == .v10 ? 20 : 22)
  }
  static func queueConfigReply(_ version: OpenFlowVersion) -> Self {
    Self(version == .v10 ? 21 : 23)
  }
}
