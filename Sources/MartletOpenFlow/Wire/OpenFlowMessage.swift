/// A message as it stands on the wire: its header, read, and its body, not yet.
public struct OpenFlowMessage: Equatable, Sendable {
  /// The first byte; 1 is OpenFlow 1.0, 4 is 1.3.
  public var version: UInt8
  /// What it is.
  public var type: MessageType
  /// What answers are found by.
  public var transaction: UInt32
  /// All its bytes, with the header.
  public let bytes: [UInt8]

  /// Takes whole messages: `bytes` is one, its header included.
  ///
  /// - Returns: `nil` when it is shorter than a header, or its length says otherwise.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count >= 8, Int(bytes[2]) << 8 | Int(bytes[3]) == bytes.count else { return nil }
    version = bytes[0]
    type = MessageType(rawValue: bytes[1])
    transaction =
      UInt32(bytes[4]) << 24 | UInt32(bytes[5]) << 16 | UInt32(bytes[6]) << 8 | UInt32(bytes[7])
    self.bytes = bytes
  }

  /// What follows the header.
  var body: ByteReader { ByteReader(bytes, from: 8) }

  /// A message of its parts; `body` is at most 65,527 bytes long.
  static func encode(
    _ version: OpenFlowVersion, _ type: MessageType, transaction: UInt32, body: [UInt8] = []
  ) -> [UInt8] {
    var writer = ByteWriter()
    writer.append(version.rawValue)
    writer.append(type.rawValue)
    writer.append(UInt16(truncatingIfNeeded: 8 + body.count))
    writer.append(transaction)
    writer.append(body)
    return writer.bytes
  }
}
