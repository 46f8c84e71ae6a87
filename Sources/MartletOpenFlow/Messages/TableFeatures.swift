internal import MartletFlow

/// What a table can do (OpenFlow 1.3, 7.3.5.5): the same for all.
enum TableFeatures {
  /// Output, MPLS's and IP's TTL, pushing and popping tags and labels, groups, setting fields.
  static let actionBits: UInt32 = 1 | 0x3f << 15 | 1 << 22 | 1 << 23 | 1 << 24 | 1 << 25

  static func name(_ table: Int) -> String { table == 0 ? "classifier" : "table\(table)" }

  static func encode(
    _ table: UInt8, _ datapath: borrowing Datapath, into writer: inout ByteWriter
  ) {
    let start = writer.count
    writer.append(UInt16(0))
    writer.append(table)
    writer.zeros(5)
    writer.append(name(Int(table)), byteCount: 32)
    writer.append(UInt64.max)
    writer.append(UInt64.max)
    writer.append(UInt32(0))
    writer.append(UInt32(datapath.configuration.flowLimit))
    for type in [0, 1] as [UInt16] {
      property(type, &writer) {
        for instruction in 1...6 as ClosedRange<UInt16> {
          // The last table leads to none.
          if instruction == 1, Int(table) + 1 >= datapath.configuration.tableCount { continue }
          $0.append(instruction)
          $0.append(UInt16(4))
        }
      }
    }
    property(2, &writer) {
      for next in Int(table) + 1..<max(Int(table) + 1, datapath.configuration.tableCount) {
        $0.append(UInt8(next))
      }
    }
    for type in [4, 6] as [UInt16] {
      property(type, &writer) {
        for action in 0..<32 as Range<UInt16> where actionBits >> UInt32(action) & 1 != 0 {
          $0.append(action)
          $0.append(UInt16(4))
        }
      }
    }
    for type in [8, 10, 12, 14] as [UInt16] {
      property(type, &writer) {
        for code in FieldCode.openFlow where code.number != 1 {
          if type >= 12, !code.field.isWritable { continue }
          $0.append(code.header | (type == 8 && code.isMaskable ? 0x100 : 0))
        }
      }
    }
    writer.setLength(at: start, since: start)
  }

  private static func property(
    _ type: UInt16, _ writer: inout ByteWriter, _ body: (inout ByteWriter) -> Void
  ) {
    let start = writer.count
    writer.append(type)
    writer.append(UInt16(0))
    body(&writer)
    writer.setLength(at: start + 2, since: start)
    writer.pad(since: start)
  }
}
