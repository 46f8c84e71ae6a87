import MartletDevice
import MartletFlow

/// Makes lists of actions that a datapath takes.
struct ActionMaker {
  var tables: Int

  /// Actions that change a frame.
  func simple(_ maker: inout FrameMaker) -> [Action] {
    var list: [Action] = []
    for _ in 0..<maker.below(3) { list.append(change(&maker)) }
    return list
  }

  private func change(_ maker: inout FrameMaker) -> Action {
    let fields = Field.allCases.filter {
      $0.isWritable && ![.trackMark, .trackLabel, .mplsBottom].contains($0)
    }
    let field = fields[maker.below(fields.count)]
    let all: UInt128 = field.width == 128 ? .max : (1 << UInt128(field.width)) - 1
    switch maker.below(9) {
    case 0: return .pushVLAN(maker.chance(2) ? 0x8100 : 0x88A8)
    case 1: return .popVLAN
    case 2: return .decrementTTL
    case 3: return .setVLANID(UInt16(maker.below(3)))
    case 4: return maker.chance(2) ? .pushMPLS(0x8847) : .popMPLS(0x0800)
    case 5:
      let from = FieldRange(.transportSource)
      guard let to = FieldRange(.register1, start: 0, count: 16) else { return .exit }
      return maker.chance(2) ? .move(from, to: to) : .move(to, to: from)
    case 6: return maker.chance(2) ? .push(FieldRange(field)) : .pop(FieldRange(field))
    default:
      let mask = maker.chance(2) ? all : UInt128(maker.random.next()) & all
      let value = field == .vlanTCI || field == .vlanID ? 0x1001 : UInt128(maker.below(4))
      return .setField(field, value: value & mask, mask: mask)
    }
  }

  /// A list for a table, which leads to later ones only.
  func list(_ maker: inout FrameMaker, in table: Int) -> [Action] {
    var list = simple(&maker)
    for _ in 0..<1 + maker.below(3) {
      switch maker.below(9) {
      case 0: list.append(.output(.normal, maxLength: 0))
      case 1: list.append(.output(.flood, maxLength: 0))
      case 2: list.append(.output(.inPort, maxLength: 0))
      case 3: list.append(.group(UInt32(1 + maker.below(2))))
      case 4: list.append(.clone(simple(&maker) + [.output(PortNumber(4), maxLength: 0)]))
      case 5 where table + 1 < tables:
        list.append(.resubmit(maker.chance(3) ? PortNumber(2) : nil, table: UInt8(table + 1)))
      case 6: list.append(.controller(maxLength: 0, id: 0, reason: .action))
      default: list.append(.output(PortNumber(UInt32(1 + maker.below(6))), maxLength: 0))
      }
      list += simple(&maker)
    }
    if maker.chance(3) {
      list.append(.writeActions(simple(&maker) + [.output(PortNumber(6), maxLength: 0)]))
    }
    if table + 1 < tables, maker.chance(2) { list.append(.gotoTable(UInt8(table + 1))) }
    return list
  }
}
