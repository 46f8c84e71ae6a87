internal import MartletDevice
internal import MartletFlow

/// A flow-mod: what it asks for, in whichever of the three forms it came.
struct FlowMod {
  enum Command: UInt8 {
    case add = 0
    case modify = 1
    case modifyStrict = 2
    case delete = 3
    case deleteStrict = 4

    var isStrict: Bool { self == .modifyStrict || self == .deleteStrict }
    var isDelete: Bool { self == .delete || self == .deleteStrict }
  }

  var command = Command.add
  /// The flow; its table is 0 where the message named none.
  var flow = FlowSpecification()
  /// The table that the message named; `nil` is all, or whichever.
  var table: UInt8?
  var cookieMask: UInt64 = 0
  var outPort = PortNumber.any
  var outGroup: UInt32?
  /// Modifying what is not there adds it (OpenFlow 1.0).
  var addsMissing = false

  /// Which flows are changed or deleted.
  var filter: FlowFilter {
    var filter = FlowFilter()
    filter.table = table
    filter.match = flow.match
    filter.strictPriority = command.isStrict ? flow.priority : nil
    filter.cookie = flow.cookie
    filter.cookieMask = cookieMask
    if command.isDelete {
      filter.outPort = outPort
      filter.outGroup = outGroup
    }
    return filter
  }

  /// Reads OpenFlow 1.0's. With `namesTable` the upper byte of the command is the table (Nicira).
  static func decode10(
    _ message: OpenFlowMessage, namesTable: Bool
  ) throws(OpenFlowError) -> FlowMod {
    var reader = message.body
    try reader.need(64, or: .badLength)
    var mod = FlowMod()
    mod.flow.match = try FlowMatch(reading10: &reader)
    mod.flow.cookie = try reader.read(UInt64.self)
    try mod.setCommand(try reader.read(UInt16.self), namesTable: namesTable)
    mod.flow.idleTimeout = try reader.read(UInt16.self)
    mod.flow.hardTimeout = try reader.read(UInt16.self)
    mod.flow.priority = try reader.read(UInt16.self)
    try mod.setBuffer(try reader.read(UInt32.self))
    mod.setOutPort10(try reader.read(UInt16.self))
    try mod.setFlags(try reader.read(UInt16.self), known: 3)
    try mod.setActions(ActionCodec(.v10, for: mod.flow.match).decode(&reader))
    return mod
  }

  /// Reads Nicira's, after its subtype.
  static func decodeNicira(
    _ reader: inout ByteReader, namesTable: Bool
  ) throws(OpenFlowError) -> FlowMod {
    try reader.need(32, or: .badLength)
    var mod = FlowMod()
    mod.flow.cookie = try reader.read(UInt64.self)
    try mod.setCommand(try reader.read(UInt16.self), namesTable: namesTable)
    mod.flow.idleTimeout = try reader.read(UInt16.self)
    mod.flow.hardTimeout = try reader.read(UInt16.self)
    mod.flow.priority = try reader.read(UInt16.self)
    try mod.setBuffer(try reader.read(UInt32.self))
    mod.setOutPort10(try reader.read(UInt16.self))
    try mod.setFlags(try reader.read(UInt16.self), known: 3)
    let length = Int(try reader.read(UInt16.self))
    try reader.skip(6)
    var cookie = ExtensibleMatch.Cookie()
    mod.flow.match = try FlowMatch(nicira: &reader, length: length, cookie: &cookie)
    if cookie.mask != 0 {
      guard mod.command != .add else { throw .badField }
      mod.flow.cookie = cookie.value
      mod.cookieMask = cookie.mask
      mod.addsMissing = false
    }
    try mod.setActions(ActionCodec(.v10, for: mod.flow.match).decode(&reader))
    return mod
  }

  /// Reads OpenFlow 1.3's.
  static func decode13(_ message: OpenFlowMessage) throws(OpenFlowError) -> FlowMod {
    var reader = message.body
    try reader.need(40, or: .badLength)
    var mod = FlowMod()
    mod.flow.cookie = try reader.read(UInt64.self)
    mod.cookieMask = try reader.read(UInt64.self)
    let table = try reader.read(UInt8.self)
    guard let command = Command(rawValue: try reader.read(UInt8.self)) else {
      throw .badFlowCommand
    }
    mod.command = command
    mod.table = table == 255 ? nil : table
    mod.flow.table = table == 255 ? 0 : table
    // Only a deletion may mean all tables.
    guard table != 255 || command.isDelete else { throw .flowBadTable }
    mod.flow.idleTimeout = try reader.read(UInt16.self)
    mod.flow.hardTimeout = try reader.read(UInt16.self)
    mod.flow.priority = try reader.read(UInt16.self)
    try mod.setBuffer(try reader.read(UInt32.self))
    let port = PortNumber(try reader.read(UInt32.self))
    mod.outPort = port
    let group = try reader.read(UInt32.self)
    mod.outGroup = group == 0xffff_ffff ? nil : group
    try mod.setFlags(try reader.read(UInt16.self), known: 31)
    try reader.skip(2)
    if command == .add { mod.cookieMask = 0 }
    mod.flow.match = try FlowMatch(reading: &reader)
    try mod.setActions(InstructionCodec(for: mod.flow.match).decode(&reader))
    return mod
  }

  private mutating func setCommand(
    _ number: UInt16, namesTable: Bool
  ) throws(OpenFlowError) {
    let low = namesTable ? number & 255 : number
    guard low < 5, let command = Command(rawValue: UInt8(low)) else { throw .badFlowCommand }
    self.command = command
    if namesTable, number >> 8 != 255 { table = UInt8(number >> 8) }
    flow.table = table ?? 0
    if command == .add || command.isStrict, !command.isDelete { table = flow.table }
    addsMissing = true
    // An add of OpenFlow 1.0 always counts from zero.
    flow.flags.insert(.resetCounts)
  }

  private func setBuffer(_ buffer: UInt32) throws(OpenFlowError) {
    // There are no buffers; a deletion ignores the field.
    guard buffer == 0xffff_ffff || command.isDelete else { throw .bufferUnknown }
  }

  private mutating func setOutPort10(_ number: UInt16) {
    outPort = number == 0xffff ? .any : PortNumber(wire16: number)
  }

  private mutating func setFlags(_ bits: UInt16, known: UInt16) throws(OpenFlowError) {
    guard bits & ~known == 0 else { throw .badFlowFlags }
    flow.flags.formUnion(FlowSpecification.Flags(rawValue: bits))
  }

  private mutating func setActions(_ actions: [Action]) throws(OpenFlowError) {
    guard !command.isDelete else { return }
    flow.actions = actions
    // Setting a field wants what matching it wants (OpenFlow 1.3, 7.2.5).
    for action in actions {
      guard case .setField(let field, _, _) = action,
        let code = FieldCode.choose(
          field, .openFlow,
          ipProtocol: flow.match.exact(.ipProtocol).map { UInt8(truncatingIfNeeded: $0) }),
        code.prerequisite == .arp || code.prerequisite == .discovery
          || code.prerequisite == .tcp || code.prerequisite == .udp || code.prerequisite == .sctp
          || code.prerequisite == .ipv4 || code.prerequisite == .ipv6
      else { continue }
      guard code.mayApply(in: flow.match) else { throw .badMatchForAction }
    }
  }
}

extension FieldCode {
  /// Whether frames of a match can have this field. OpenFlow 1.0's actions stand without a match: then the
  /// frame decides.
  func mayApply(in match: borrowing FlowMatch) -> Bool {
    guard match.exact(.etherType) != nil else { return true }
    if match.exact(.ipProtocol) == nil {
      switch prerequisite {
      case .tcp, .udp, .sctp, .icmpv4, .icmpv6:
        let type = match.exact(.etherType)
        return type == 0x0800 || type == 0x86dd || type == 0x8847 || type == 0x8848
      default: break
      }
    }
    // A label stack may be popped before.
    if let type = match.exact(.etherType), type == 0x8847 || type == 0x8848 { return true }
    return isAllowed(in: match)
  }
}
