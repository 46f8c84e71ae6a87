/// The addresses of a table's flows, by field.
struct PrefixLists: Sendable {
  private static var fields: InlineArray<4, Field> {
    [.ipv4Source, .ipv4Destination, .ipv6Source, .ipv6Destination]
  }

  private var lists: InlineArray<4, PrefixList> = InlineArray { _ in PrefixList() }

  /// A flow more.
  mutating func insert(_ match: borrowing FlowMatch) {
    for index in 0..<4 where match.mask[Self.fields[index]] != 0 {
      lists[index].insert(Self.aligned(match.key[Self.fields[index]], Self.fields[index]))
    }
  }

  /// A flow less.
  mutating func remove(_ match: borrowing FlowMatch) {
    for index in 0..<4 where match.mask[Self.fields[index]] != 0 {
      lists[index].remove(Self.aligned(match.key[Self.fields[index]], Self.fields[index]))
    }
  }

  /// Takes from a mask under which a frame met no flow the bits of addresses that are not needed to tell it.
  ///
  /// An address that differs from all flows' in its first n bits meets none of a longer prefix, whatever its
  /// other bits; masks that are no prefixes stay as they are.
  func narrow(_ mask: inout FlowMask, for key: borrowing FlowKey) {
    for index in 0..<4 {
      let field = Self.fields[index]
      let bits = Self.aligned(mask[field], field)
      guard bits != 0 else { continue }
      let length = (~bits).leadingZeroBitCount
      guard length == 128 || bits << UInt128(length) == 0 else { continue }
      let needed = lists[index].bits(of: Self.aligned(key[field], field))
      guard needed < length else { continue }
      let kept: UInt128 = needed == 0 ? 0 : .max << UInt128(128 - needed)
      mask[field] = kept >> UInt128(128 - field.width)
    }
  }

  private static func aligned(_ value: UInt128, _ field: Field) -> UInt128 {
    value << UInt128(128 - field.width)
  }
}
