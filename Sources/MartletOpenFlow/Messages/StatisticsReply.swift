/// An answer to a request for statistics: as many messages as its entries need.
struct StatisticsReply {
  let version: OpenFlowVersion
  private let type: UInt16
  private let transaction: UInt32
  private var nicira: UInt32?
  private var parts: [[UInt8]] = []
  private var body = ByteWriter()

  init(_ version: OpenFlowVersion, _ type: UInt16, transaction: UInt32) {
    self.version = version
    self.type = type
    self.transaction = transaction
  }

  /// Makes it one of Nicira's.
  mutating func setNicira(_ subtype: UInt32) { nicira = subtype }

  /// Adds an entry, which is never cut in two.
  mutating func add(_ write: (inout ByteWriter) -> Void) {
    let before = body.count
    write(&body)
    // The entries of a message and its headers take less than 64 KiB together.
    guard body.count > 65_000, before > 0 else { return }
    let bytes = body.bytes
    parts.append(Array(bytes[..<before]))
    body = ByteWriter()
    body.append(bytes[before...])
  }

  /// The messages, all but the last marked that there are more.
  func messages() -> [[UInt8]] {
    var messages: [[UInt8]] = []
    for (index, part) in (parts + [body.bytes]).enumerated() {
      var writer = ByteWriter()
      writer.append(type)
      writer.append(UInt16(index < parts.count ? 1 : 0))
      if version == .v13 { writer.zeros(4) }
      if let nicira {
        writer.append(Experimenter.nicira)
        writer.append(nicira)
        writer.zeros(4)
      }
      writer.append(part)
      messages.append(
        OpenFlowMessage.encode(
          version, .statisticsReply(version), transaction: transaction, body: writer.bytes))
    }
    return messages
  }
}
