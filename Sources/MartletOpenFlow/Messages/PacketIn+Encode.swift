internal import MartletFlow

extension PacketIn {
  /// The body of a packet-in: the standard's (format 0), Nicira's first (1) or second (2).
  func encode(_ version: OpenFlowVersion, format: UInt32, frame: [UInt8]) -> [UInt8] {
    var writer = ByteWriter()
    switch (format, version) {
    case (0, .v10):
      writer.append(UInt32.max)
      writer.append(UInt16(frame.count))
      writer.append(metadata.inPort.wire16)
      writer.append(reason.rawValue)
      writer.zeros(1)
      writer.append(frame)
    case (0, .v13):
      writer.append(UInt32.max)
      writer.append(UInt16(frame.count))
      writer.append(reason.rawValue)
      writer.append(table)
      writer.append(cookie)
      match.encode13(into: &writer)
      writer.zeros(2)
      writer.append(frame)
    case (1, _):
      writer.append(Experimenter.nicira)
      writer.append(UInt32(17))
      writer.append(UInt32.max)
      writer.append(UInt16(frame.count))
      writer.append(reason.rawValue)
      writer.append(table)
      writer.append(cookie)
      let place = writer.count
      writer.zeros(8)
      writer.set(UInt16(match.encodeNicira(into: &writer)), at: place)
      writer.zeros(2)
      writer.append(frame)
    default:
      writer.append(Experimenter.nicira)
      writer.append(UInt32(30))
      property(0, &writer) { $0.append(frame) }
      property(3, &writer) { $0.append(table) }
      if cookie != .max {
        property(4, &writer) {
          $0.zeros(4)
          $0.append(cookie)
        }
      }
      property(5, &writer) { $0.append(reason.rawValue) }
      property(6, &writer) {
        ExtensibleMatch.encode(match, version == .v10 ? .nicira : .openFlow, into: &$0)
      }
    }
    return writer.bytes
  }

  private func property(
    _ type: UInt16, _ writer: inout ByteWriter, _ body: (inout ByteWriter) -> Void
  ) {
    let start = writer.count
    writer.append(type)
    writer.append(UInt16(0))
    body(&writer)
    writer.setLength(at: start + 2, since: start)
    writer.pad(since: start)
  }

  /// What the switch knew of the frame beside its bytes.
  private var match: FlowMatch {
    var match = FlowMatch()
    match.set(.inPort, UInt128(metadata.inPort.rawValue))
    for field in Field.allCases where field.isMetadata && metadata[field] != 0 {
      match.set(field, metadata[field])
    }
    return match
  }
}

extension Field {
  /// Whether it is something that the switch knows of a frame, and no part of it.
  var isMetadata: Bool {
    switch self {
    case .packetMark, .metadata, .tunnelID, .tunnelSource, .tunnelDestination, .trackState,
      .trackZone, .trackMark, .trackLabel:
      true
    default: (Field.register0.rawValue...Field.register15.rawValue).contains(rawValue)
    }
  }
}
