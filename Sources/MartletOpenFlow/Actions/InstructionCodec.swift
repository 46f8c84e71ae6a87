internal import MartletFlow

/// Instructions of OpenFlow 1.3 (7.2.4). `MartletFlow` has one list, in which they stand in their order.
struct InstructionCodec {
  let actions: ActionCodec

  init(for match: borrowing FlowMatch) { actions = ActionCodec(.v13, for: match) }

  /// Reads instructions to the end of `reader`; each kind once, in any order.
  func decode(_ reader: inout ByteReader) throws(OpenFlowError) -> [Action] {
    var meter: [Action] = []
    var applied: [Action] = []
    var clear: [Action] = []
    var written: [Action] = []
    var metadata: [Action] = []
    var next: [Action] = []
    var seen: UInt32 = 0
    while !reader.isAtEnd {
      let type = try reader.read(UInt16.self, or: .badInstructionLength)
      let length = Int(try reader.read(UInt16.self, or: .badInstructionLength))
      guard length >= 8, length % 8 == 0 else { throw .badInstructionLength }
      var body = try reader.take(length - 4, or: .badInstructionLength)
      guard (1...6).contains(type) else { throw .unknownInstruction }
      // OFPIT_* may stand once each; Open vSwitch says it by the same error.
      guard seen & 1 << UInt32(type) == 0 else { throw .unsupportedInstruction }
      seen |= 1 << UInt32(type)
      let sizes = [0, 4, 20, 4, 4, 4, 4]
      let takesActions = type == 3 || type == 4
      guard takesActions || body.remaining == sizes[Int(type)], body.remaining >= 4 else {
        throw .badInstructionLength
      }
      switch type {
      case 1: next = [.gotoTable(try body.read(UInt8.self))]
      case 2:
        try body.skip(4)
        metadata = [
          .writeMetadata(try body.read(UInt64.self), mask: try body.read(UInt64.self))
        ]
      case 3:
        try body.skip(4)
        written = [.writeActions(try actions.decode(&body))]
      case 4:
        try body.skip(4)
        applied = try actions.decode(&body)
      case 5: clear = [.clearActions]
      default: meter = [.meter(try body.read(UInt32.self))]
      }
    }
    return meter + applied + clear + written + metadata + next
  }

  /// Writes a list of actions as instructions.
  func encode(_ list: [Action], into writer: inout ByteWriter) {
    var applied: [Action] = []
    for action in list {
      if case .meter(let id) = action {
        header(6, &writer) { $0.append(id) }
      } else if !action.isInstruction {
        applied.append(action)
      }
    }
    if !applied.isEmpty {
      header(4, &writer) {
        $0.zeros(4)
        actions.encode(applied, into: &$0)
      }
    }
    for action in list {
      switch action {
      case .clearActions: header(5, &writer) { $0.zeros(4) }
      case .writeActions(let inner):
        header(3, &writer) {
          $0.zeros(4)
          actions.encode(inner, into: &$0)
        }
      case .writeMetadata(let value, let mask):
        header(2, &writer) {
          $0.zeros(4)
          $0.append(value)
          $0.append(mask)
        }
      case .gotoTable(let table):
        header(1, &writer) {
          $0.append(table)
          $0.zeros(3)
        }
      default: continue
      }
    }
  }

  private func header(
    _ type: UInt16, _ writer: inout ByteWriter, _ body: (inout ByteWriter) -> Void
  ) {
    let start = writer.count
    writer.append(type)
    writer.append(UInt16(0))
    body(&writer)
    writer.setLength(at: start + 2, since: start)
  }
}

extension Action {
  /// Whether OpenFlow 1.3 has it as an instruction.
  var isInstruction: Bool {
    switch self {
    case .meter, .clearActions, .writeActions, .writeMetadata, .gotoTable: true
    default: false
    }
  }
}
